package scenarios

import (
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"

	"kinesim/model"
)

// knownMetric is a metric of CloudWatch that an import has a use for.
type knownMetric struct {
	name      string
	statistic string // the one to ask for
}

// knownMetrics are told apart by what a Label or an Id has in it, in this order.
var knownMetrics = []knownMetric{
	{"IncomingRecords", "Sum"},
	{"IncomingBytes", "Sum"},
	{"WriteProvisionedThroughputExceeded", "Sum"},
	{"ReadProvisionedThroughputExceeded", "Sum"},
	{"GetRecords.IteratorAgeMilliseconds", "Maximum"},
	{"IteratorAgeMilliseconds", "Maximum"},
	{"GetRecords.Records", "Sum"},
	{"OutgoingRecords", "Sum"},
}

// metricPoint is a value of a period.
type metricPoint struct {
	at    time.Duration // since 1970
	value float64
}

// metricSeries is a metric of the stream or of one of its shards. Points may come
// in any order, from several pages and files.
type metricSeries struct {
	name   string
	seen   map[time.Duration]float64
	points []metricPoint // in the order of time, once all are read
	period time.Duration
}

// loadSeries are the metrics of the stream, and those of its shards.
type loadSeries struct {
	stream map[string]*metricSeries
	shards map[model.ShardID]map[string]*metricSeries

	unfinished []*importFile // files with a NextToken
	tokens     []*jsonNode
	complete   int // files without one
}

func newLoadSeries() loadSeries {
	return loadSeries{stream: map[string]*metricSeries{}, shards: map[model.ShardID]map[string]*metricSeries{}}
}

// records is what tells when records arise; nil without it.
func (l *loadSeries) records() *metricSeries { return l.stream["IncomingRecords"] }

// series is the one of a metric, made if it is new.
func (l *loadSeries) series(name string, shard model.ShardID) *metricSeries {
	all := l.stream
	if shard != model.NoShard {
		if all = l.shards[shard]; all == nil {
			all = map[string]*metricSeries{}
			l.shards[shard] = all
		}
	}
	if all[name] == nil {
		all[name] = &metricSeries{name: name, seen: map[time.Duration]float64{}}
	}
	return all[name]
}

func holdsMetrics(root *jsonNode) bool {
	return root.get("MetricDataResults") != nil || root.get("Datapoints") != nil
}

// metrics reads what 'aws cloudwatch' printed.
func (d *draft) metrics(f *importFile) {
	if token := f.root.get("NextToken"); f.root.label("NextToken") != "" {
		d.load.unfinished, d.load.tokens = append(d.load.unfinished, f), append(d.load.tokens, token)
	} else {
		d.load.complete++
	}
	switch {
	case f.root.get("MetricDataResults") != nil:
		d.metricData(f)
	case f.root.get("Datapoints") != nil:
		d.statistics(f)
	default:
		f.atNode(f.root, "no MetricDataResults and no Datapoints; expected what 'aws cloudwatch get-metric-data' or get-metric-statistics prints, without --query")
	}
}

var shardLike = regexp.MustCompile(`shardId-\d{12}`)

// known is the metric that a label or else an id names, and its shard if it is one's.
func (f *importFile) known(at *jsonNode, label, id string) (m knownMetric, shard model.ShardID, ok bool) {
	_, shard, _ = knownIn(label + " " + id)
	for _, text := range []string{label, id} {
		if m, _, ok := knownIn(text); ok {
			return m, shard, true
		}
	}
	f.doubt(at, "%s is no metric that an import has a use for; it is left out", printable(strings.TrimSpace(label+" "+id)))
	return knownMetric{}, shard, false
}

// metricData reads the results of get-metric-data.
func (d *draft) metricData(f *importFile) {
	list := f.list("MetricDataResults")
	if list == nil {
		return
	}
	if len(list.items) == 0 {
		f.atNode(list, "the file has no results")
	}
	status := map[string]*jsonNode{} // of the last page of each result
	for _, page := range list.items {
		id, label := page.label("Id"), page.label("Label")
		status[id] = page.get("StatusCode")
		times, values := page.get("Timestamps"), page.get("Values")
		if times == nil || values == nil || times.kind != '[' || values.kind != '[' {
			f.atNode(page, "the result needs a list of Timestamps and a list of Values")
			continue
		}
		if len(times.items) != len(values.items) {
			f.atNode(times, "%s but %s", count(len(times.items), "timestamp"), count(len(values.items), "value"))
			continue
		}
		m, shard := knownMetrics[0], model.NoShard
		if ok := true; len(list.items) > 1 || label+id != "" {
			if m, shard, ok = f.known(page, label, id); !ok {
				continue
			}
		}
		s, before := d.load.series(m.name, shard), f.errors()
		for i := range times.items {
			if !s.add(f, times.items[i], values.items[i]) && f.errors()-before >= enoughFaults {
				return
			}
		}
		d.note(f, "%s, %s", printable(label+" "+id), count(len(times.items), "data point"))
	}
	f.statuses(status)
	if messages := f.root.get("Messages"); messages != nil && len(messages.items) > 0 {
		f.doubt(messages, "CloudWatch had something to say: %s", printable(messages.items[0].label("Value")))
	}
}

// enoughFaults is how many faults of one series are worth telling.
const enoughFaults = 20

// errors is how many problems there are so far.
func (f *importFile) errors() int { return len(f.problems) }

// statuses refuses results that CloudWatch itself calls faulty.
func (f *importFile) statuses(last map[string]*jsonNode) {
	ids := make([]string, 0, len(last))
	for id := range last {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	for _, id := range ids {
		n := last[id]
		if n == nil {
			continue
		}
		switch text, _ := n.text(); text {
		case "Forbidden", "InternalError":
			f.atNode(n, "CloudWatch answered %s for %s; ask again", text, printable(id))
		case "PartialData":
			if f.root.label("NextToken") == "" {
				f.doubt(n, "CloudWatch calls %s PartialData: some of it may be missing", printable(id))
			}
		}
	}
}

// statistics reads the points of get-metric-statistics.
func (d *draft) statistics(f *importFile) {
	list := f.list("Datapoints")
	if list == nil {
		return
	}
	m, shard := knownMetrics[0], model.NoShard
	if label := f.root.get("Label"); label != nil {
		var ok bool
		if m, shard, ok = f.known(label, f.root.label("Label"), ""); !ok {
			return
		}
	}
	if len(list.items) == 0 {
		f.atNode(list, "the file has no datapoints")
	}
	s, before := d.load.series(m.name, shard), f.errors()
	for _, item := range list.items {
		at, value := item.get("Timestamp"), item.get(m.statistic)
		switch {
		case at == nil:
			f.atNode(item, "the datapoint has no Timestamp")
		case value == nil:
			f.atNode(item, "the datapoint of %s has %s but no %s; ask CloudWatch again with --statistics %s", m.name, others(item), m.statistic, m.statistic)
		default:
			s.add(f, at, value)
		}
		if f.errors()-before >= enoughFaults {
			return
		}
	}
	d.note(f, "%s, %s", m.name, count(len(list.items), "data point"))
}

// add reads a point, or tells a problem.
func (s *metricSeries) add(f *importFile, at, value *jsonNode) bool {
	t := rateTable{dataFile: f.dataFile, settings: &RateFile{Scale: 1, Speed: 1}}
	p, ok := t.point(at, value)
	if !ok {
		return false
	}
	if before, twice := s.seen[p.at]; twice && before != p.value {
		return f.atNode(at, "%s at this time is %s here and %s before; leave one of them out", s.name, commas(p.value), commas(before))
	}
	s.seen[p.at] = p.value
	return true
}

// sort puts the points in order and finds their period, the median spacing.
func (s *metricSeries) sort() {
	s.points = s.points[:0]
	for at, value := range s.seen {
		s.points = append(s.points, metricPoint{at, value})
	}
	slices.SortFunc(s.points, func(a, b metricPoint) int { return int(min(max(a.at-b.at, -1), 1)) })
	s.period = time.Minute // CloudWatch's usual one
	if len(s.points) > 1 {
		spacings := make([]time.Duration, len(s.points)-1)
		for i := range spacings {
			spacings[i] = s.points[i+1].at - s.points[i].at
		}
		slices.Sort(spacings)
		s.period = spacings[(len(spacings)-1)/2]
	}
}

// sum is all values together.
func (s *metricSeries) sum() (sum float64) {
	if s == nil {
		return 0
	}
	for _, p := range s.points {
		sum += p.value
	}
	return sum
}

// settle holds the pages and the metrics against each other.
func (l *loadSeries) settle(d *draft) {
	for i, f := range l.unfinished {
		if l.complete == 0 {
			f.atNode(l.tokens[i], "data is missing: the file has a NextToken; ask again without --max-items and --no-paginate, or give the pages that follow as well")
		} else {
			f.doubt(l.tokens[i], "the file has a NextToken; it is taken for granted that the files given have all pages")
		}
	}
	if l.records() == nil {
		l.addUp("IncomingRecords", d)
		l.addUp("IncomingBytes", d)
	}
	for _, s := range l.stream {
		s.sort()
	}
	for _, of := range l.shards {
		for _, s := range of {
			s.sort()
		}
	}
	if l.records() != nil && len(l.records().points) == 0 {
		delete(l.stream, "IncomingRecords")
	}
	if len(l.stream) > 0 && l.records() == nil && !d.problems.Errors() {
		d.refuse("there are metrics but no IncomingRecords, which says when records arise; ask CloudWatch for its Sum as well")
	}
	l.gaps(d)
}

// gaps says what is missing, and what CloudWatch does not count.
func (l *loadSeries) gaps(d *draft) {
	s := l.records()
	if s == nil {
		return
	}
	missing := time.Duration(0)
	for i := 1; i < len(s.points); i++ {
		if gap := s.points[i].at - s.points[i-1].at - s.period; gap > 0 {
			missing += (gap + s.period - 1) / s.period
		}
	}
	if missing > 0 {
		d.assume("no records arise in %s of %s without a data point: CloudWatch keeps none where nothing was put", count(int(missing), "period"), Duration(s.period))
	}
	if refused := l.stream["WriteProvisionedThroughputExceeded"].sum(); refused > 0 {
		d.assume("the rate is what the stream accepted: %s refused attempts are not in it, so what was offered may have been more", commas(refused))
	}
}

// addUp makes the stream's metric of those of its shards.
func (l *loadSeries) addUp(name string, d *draft) {
	n := 0
	for _, of := range l.shards {
		part := of[name]
		if part == nil {
			continue
		}
		n++
		whole := l.series(name, model.NoShard)
		for at, value := range part.seen {
			whole.seen[at] += value
		}
	}
	if n > 0 {
		d.assume("%s of the stream is the sum over the %s that the files have", name, count(n, "shard"))
	}
}

// busiest is the highest mean of a period, in records and bytes a second.
func (l *loadSeries) busiest() (records, bytes float64) {
	for _, p := range l.records().points {
		records = max(records, p.value/l.records().period.Seconds())
	}
	if s := l.stream["IncomingBytes"]; s != nil {
		for _, p := range s.points {
			bytes = max(bytes, p.value/s.period.Seconds())
		}
		return records, bytes
	}
	return records, records * 1024
}

// span is from the first period to the end of the last.
func (l *loadSeries) span() (start time.Time, length Duration) {
	s := l.records()
	first, last := s.points[0].at, s.points[len(s.points)-1].at
	return time.Unix(0, int64(first)).UTC(), Duration(last - first + s.period)
}

// counts are the records of each period and of the gaps between them.
func (s *metricSeries) counts() (counts []periodCount) {
	for i, p := range s.points {
		at := p.at - s.points[0].at
		counts = append(counts, periodCount{at, s.period, p.value})
		if end := p.at + s.period; i+1 < len(s.points) {
			if gap := s.points[i+1].at - end; gap > 0 {
				counts = append(counts, periodCount{at + s.period, gap, 0})
			} else if gap < 0 { // a period that a shorter one follows
				counts[len(counts)-1].length += gap
			}
		}
	}
	return counts
}

// dataSize is the mean size of data, less a key of so many bytes, over the periods
// that have both metrics.
func (l *loadSeries) dataSize(keyBytes float64) (mean float64, ok bool) {
	records, bytes := 0.0, 0.0
	if s := l.stream["IncomingBytes"]; s != nil {
		for _, p := range s.points {
			if n, both := l.records().seen[p.at]; both {
				records, bytes = records+n, bytes+p.value
			}
		}
	}
	if bytes == 0 || records == 0 {
		return 0, false
	}
	return bytes/records - keyBytes, true
}
