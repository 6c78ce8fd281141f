package scenarios

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"kinesim/sim/workload"
)

// datapoint is one period of a metric.
type datapoint struct {
	at    time.Duration
	value float64
	node  *jsonNode // where its time stands
}

// cloudWatch reads the file as what 'aws cloudwatch get-metric-statistics' or
// 'aws cloudwatch get-metric-data' prints. Fields that it does not need may be
// there or not.
func (t *rateTable) cloudWatch() bool {
	root, at, err := readJSON(t.source.text)
	if err != nil {
		return t.atBytes(at, at+1, "not JSON: "+err.Error())
	}
	var points []datapoint
	ok := false
	switch list, results := root.get("Datapoints"), root.get("MetricDataResults"); {
	case root.label("NextToken") != "":
		return t.atNode(root.get("NextToken"), "the file is not complete: it has a NextToken")
	case list != nil:
		points, ok = t.statistics(root, list)
	case results != nil:
		points, ok = t.metricData(results)
	default:
		return t.atNode(root, "no Datapoints and no MetricDataResults; expected what 'aws cloudwatch get-metric-statistics' or 'aws cloudwatch get-metric-data' prints, without --query")
	}
	return ok && t.periods(points)
}

// statistics reads the points of get-metric-statistics.
func (t *rateTable) statistics(root, list *jsonNode) ([]datapoint, bool) {
	if fault := inBytes(root.label("Label")); fault != "" {
		return nil, t.atNode(root.get("Label"), "%s", fault)
	}
	if list.kind != '[' {
		return nil, t.atNode(list, "Datapoints is no list")
	}
	points := make([]datapoint, 0, len(list.items))
	for _, item := range list.items {
		at, sum := item.get("Timestamp"), item.get("Sum")
		switch {
		case at == nil:
			return nil, t.atNode(item, "the datapoint has no Timestamp")
		case sum == nil:
			return nil, t.atNode(item, "the datapoint has %s but no Sum; ask CloudWatch again with --statistics Sum", others(item))
		}
		p, ok := t.point(at, sum)
		if !ok {
			return nil, false
		}
		points = append(points, p)
	}
	return points, true
}

// others names the statistics that a datapoint has.
func others(point *jsonNode) string {
	var names []string
	for _, name := range point.names {
		if name != "Timestamp" && name != "Unit" {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "a Timestamp"
	}
	return strings.Join(names, ", ")
}

// inBytes says why a metric of that name is no number of records, or nothing.
func inBytes(label string) string {
	if !strings.Contains(label, "Bytes") || strings.Contains(label, "IncomingRecords") {
		return ""
	}
	return fmt.Sprintf("%s counts bytes, and a rate counts records: ask CloudWatch for IncomingRecords", shortened(label))
}

// metricData reads the points of get-metric-data.
func (t *rateTable) metricData(list *jsonNode) ([]datapoint, bool) {
	if list.kind != '[' {
		return nil, t.atNode(list, "MetricDataResults is no list")
	}
	pages, ok := t.choose(list)
	var points []datapoint
	for _, page := range pages {
		times, values := page.get("Timestamps"), page.get("Values")
		switch {
		case times == nil || values == nil || times.kind != '[' || values.kind != '[':
			return nil, t.atNode(page, "the result needs a list of Timestamps and a list of Values")
		case len(times.items) != len(values.items):
			return nil, t.atNode(times, "%s but %s", count(len(times.items), "timestamp"), count(len(values.items), "value"))
		}
		for i := range times.items {
			p, ok := t.point(times.items[i], values.items[i])
			if !ok {
				return nil, false
			}
			points = append(points, p)
		}
	}
	return points, ok
}

// choose finds the result that counts records: the only one, or else the one
// that is called so. What has the same Id is one result: the AWS CLI prints the
// pages of long results one after the other.
func (t *rateTable) choose(list *jsonNode) ([]*jsonNode, bool) {
	pages := map[string][]*jsonNode{}
	var ids, wanted, names []string
	for _, result := range list.items {
		id, label := result.label("Id"), result.label("Label")
		if pages[id] == nil {
			ids = append(ids, id)
			names = append(names, strings.TrimSpace(shortened(label)+" ("+shortened(id)+")"))
			if strings.Contains(strings.ToLower(id+" "+label), "incomingrecords") {
				wanted = append(wanted, id)
			}
		}
		pages[id] = append(pages[id], result)
	}
	if len(ids) == 1 {
		wanted = ids
	}
	if len(ids) > 0 && len(wanted) != 1 {
		which := "and none of them"
		if len(wanted) > 1 {
			which = "and more than one of them"
		}
		return nil, t.atNode(list, "the file has the results %s, %s has IncomingRecords in its Label or Id; leave one in the file", shortList(names), which)
	}
	if len(ids) == 0 {
		return nil, true
	}
	chosen := pages[wanted[0]]
	if fault := inBytes(chosen[0].label("Label")); fault != "" {
		return nil, t.atNode(chosen[0].get("Label"), "%s", fault)
	}
	return chosen, true
}

// shortList names things, but not more than anyone reads.
func shortList(names []string) string {
	const enough = 8
	if len(names) > enough {
		names = append(slices.Clone(names[:enough]), fmt.Sprintf("and %d more", len(names)-enough))
	}
	return strings.Join(names, ", ")
}

// point reads the time and the value of a point.
func (t *rateTable) point(at, value *jsonNode) (datapoint, bool) {
	when, ok := at.text()
	if !ok {
		return datapoint{}, t.atNode(at, "the timestamp is neither text nor a number")
	}
	since, err := instant(when)
	switch {
	case err != nil:
		return datapoint{}, t.atNode(at, "%v", err)
	case since < 0:
		return datapoint{}, t.atNode(at, "the timestamp lies before 1970")
	}
	number, ok := value.text()
	if _, quoted := value.value.(string); !ok || quoted {
		return datapoint{}, t.atNode(value, "the value is not a number")
	}
	records, fault := t.records(number)
	if fault != "" {
		return datapoint{}, t.atNode(value, "%s", fault)
	}
	return datapoint{since, records, at}, true
}

// periods makes rows of points in any order. Each stands for its own period, the
// median spacing. Where points are missing there is no data: no records arise
// there, which is warned of.
func (t *rateTable) periods(points []datapoint) bool {
	if len(points) == 0 {
		return t.top("the file has no datapoints")
	}
	sort.SliceStable(points, func(i, j int) bool { return points[i].at < points[j].at })
	period, missing := time.Minute, int64(0) // CloudWatch's usual one
	if len(points) > 1 {
		spacings := make([]time.Duration, len(points)-1)
		for i := range spacings {
			if spacings[i] = points[i+1].at - points[i].at; spacings[i] == 0 {
				return t.atNode(points[i+1].node, "two datapoints have this time")
			}
		}
		slices.Sort(spacings)
		period = spacings[(len(spacings)-1)/2]
	}
	t.first = points[0].at
	for i, p := range points {
		t.counts = append(t.counts, workload.Count{At: t.since(p.at), Records: p.value})
		end := p.at + period
		if i+1 < len(points) {
			gap := points[i+1].at - end
			if gap <= 0 {
				continue
			}
			missing += int64((gap + period - 1) / period)
		}
		t.counts = append(t.counts, workload.Count{At: t.since(end)})
	}
	if missing > 0 {
		t.warn(problem{
			code: codeGap, message: fmt.Sprintf("rate file %s has no datapoint for %s of %s; no records arise in them", t.settings.Path, count(int(missing), "period"), Duration(period)),
			hint: "CloudWatch keeps none for a period in which nothing was put",
		}, &t.settings.Path)
	}
	return true
}
