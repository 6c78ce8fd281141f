package scenarios

import (
	"strings"
	"time"

	"kinesim/model"
)

// summary reads what 'aws kinesis describe-stream-summary' printed.
func (d *draft) summary(f *importFile) {
	s := f.root.get("StreamDescriptionSummary")
	if s == nil || s.kind != '{' {
		f.atNode(f.root, "no StreamDescriptionSummary; expected what 'aws kinesis describe-stream-summary' prints")
		return
	}
	d.call(s.label("StreamName"))
	mode := ""
	if details := s.get("StreamModeDetails"); details != nil {
		mode = details.label("StreamMode")
		d.streamMode(f, details, mode)
	}
	if n := s.get("OpenShardCount"); n != nil {
		d.shardCount(f, n, "OpenShardCount")
	}
	if n := s.get("RetentionPeriodHours"); n != nil {
		d.hours(f, n, "RetentionPeriodHours")
	}
	if n := s.get("MaxRecordSizeInKiB"); n != nil {
		d.recordSize(f, n, "MaxRecordSizeInKiB")
	}
	if warm := s.get("WarmThroughput"); warm != nil && warm.get("TargetMiBps") != nil {
		d.warmed(f, warm.get("TargetMiBps"), "TargetMiBps")
	}
	if n := s.get("ConsumerCount"); n != nil {
		d.fanouts, _ = f.whole(n, "ConsumerCount", 0)
	}
	if status := s.label("StreamStatus"); status == "UPDATING" || status == "DELETING" || status == "CREATING" {
		f.doubt(s.get("StreamStatus"), "the stream was %s when this was asked for; its shards may differ now", status)
	}
	d.note(f, "mode, number of shards and retention of the stream")
}

// streamMode takes a mode as the API names it.
func (d *draft) streamMode(f *importFile, at *jsonNode, mode string) {
	switch mode {
	case "", "PROVISIONED":
		d.mode = "provisioned"
	case "ON_DEMAND":
		d.mode = "on_demand"
	default:
		f.atNode(at, "%q is no mode of a stream; PROVISIONED and ON_DEMAND are", shortened(mode))
	}
}

// wholeIn reads a whole number from low to high; without one it tells a problem.
func (f *importFile) wholeIn(n *jsonNode, what string, low, high int64) (int64, bool) {
	x, ok := f.whole(n, what, low)
	if ok && x > high {
		return 0, f.atNode(n, "%s is more than %d", what, high)
	}
	return x, ok
}

func (d *draft) shardCount(f *importFile, n *jsonNode, what string) {
	if x, ok := f.wholeIn(n, what, 1, model.MaxShards); ok {
		d.count, d.countFrom = x, f.name(d)
	}
}

func (d *draft) hours(f *importFile, n *jsonNode, what string) {
	if x, ok := f.wholeIn(n, what, int64(model.MinRetention/time.Hour), int64(model.MaxRetention/time.Hour)); ok {
		d.retention = Duration(x) * Duration(time.Hour)
	}
}

func (d *draft) recordSize(f *importFile, n *jsonNode, what string) {
	if x, ok := f.wholeIn(n, what, int64(model.DefaultMaxRecord/model.KiB), int64(model.LargestMaxRecord/model.KiB)); ok {
		d.maxRecord = Size(x) * Size(model.KiB)
	}
}

// warmed takes a warm throughput, which only streams of on-demand advantage have.
func (d *draft) warmed(f *importFile, n *jsonNode, what string) {
	const most = 10_240 // MiB/s, as stream.warm_throughput
	if x, ok := f.wholeIn(n, what, 0, most); ok && x > 0 {
		d.warm = ByteRate(x) * ByteRate(model.MiB)
	}
}

// streamLines write the stream.
func (d *draft) streamLines(y *yamlText, made *Imported) {
	y.line(0, "stream:", "")
	mode := d.mode
	if mode == "on_demand" && d.warm > 0 {
		mode = "on_demand_advantage"
		d.assume("a stream with warm throughput belongs to an account of On-demand Advantage")
	}
	if mode != "" && mode != "provisioned" {
		y.line(1, "mode: "+string(mode), "")
	}
	if mode == "on_demand_advantage" {
		y.line(1, "warm_throughput: "+d.warm.String(), "")
	}
	d.shardLines(y, made)
	if d.retention > 0 {
		y.line(1, "retention: "+d.retention.String(), "")
	}
	if d.maxRecord > 0 {
		y.line(1, "max_record_size: "+d.maxRecord.String(), "")
	}
}

// registered reads what 'aws kinesis list-stream-consumers' printed.
func (d *draft) registered(f *importFile) {
	list := f.list("Consumers")
	if list == nil {
		return
	}
	if f.root.label("NextToken") != "" {
		f.doubt(f.root.get("NextToken"), "the file has a NextToken: consumers on further pages are missing unless they are given as well")
	}
	for i, item := range list.items {
		name := item.label("ConsumerName")
		if name == "" {
			f.atNode(item, "consumer %d has no ConsumerName", i+1)
			continue
		}
		if item.label("ConsumerStatus") == "DELETING" {
			f.doubt(item, "consumer %s was being deleted; it is left out", d.shown(name))
			continue
		}
		d.fanout(name, "from "+f.name(d))
	}
	d.note(f, "%s of enhanced fan-out", count(len(list.items), "consumer"))
}

// shown is a name in a message, which is not dropped there but for anonymise.
func (d *draft) shown(name string) string {
	if d.options.Anonymise {
		return "(name dropped)"
	}
	return printable(name)
}

// fanout adds a consumer of enhanced fan-out, once for each name.
func (d *draft) fanout(name, comment string) {
	for _, seen := range d.registrations {
		if seen == name {
			return
		}
	}
	d.registrations = append(d.registrations, name)
	d.reader(name, "efo: {}", "", comment)
}

// consumerLines write the consumers.
func (d *draft) consumerLines(y *yamlText) {
	for n := int64(len(d.registrations)); n < min(d.fanouts, model.MaxEFOConsumersAdvantage); n++ {
		d.reader("fan-out", "efo: {}", "", "describe-stream-summary counts it; list-stream-consumers would name it")
	}
	if len(d.readers) == 0 || d.polled != "" && !d.classic() {
		if d.polled != "" {
			d.polled = "; " + d.polled + " shows that somebody polls"
		}
		d.reader("reader", "classic: {interval: 1s}", "", "assumed"+d.polled)
		d.assume("no file says which applications poll; one application polls each shard once a second")
	}
	y.line(0, "consumers:", "classic readers and applications of the KCL are on no list of AWS: add yours")
	for _, r := range d.readers {
		y.line(1, "- name: "+quotedName(r.name), r.comment)
		y.line(2, r.kind, "")
		if r.start != "" {
			y.line(2, "start: "+r.start, "")
		}
	}
	switch last := d.readers[len(d.readers)-1].kind; {
	case d.processing != "":
		y.line(2, "processing: "+d.processing, "fitted")
	case strings.HasPrefix(last, "classic") || strings.HasPrefix(last, "efo"):
		y.line(2, "# processing: {per_record: 100us, per_batch: 5ms}", "how long it takes over what it read; no file says so")
	}
}

// classic tells whether a consumer calls GetRecords.
func (d *draft) classic() bool {
	for _, r := range d.readers {
		if !strings.HasPrefix(r.kind, "efo") && !strings.Contains(r.kind, "retrieval: efo") {
			return true
		}
	}
	return false
}

// quotedName keeps a name of digits a text.
func quotedName(name string) string {
	if strings.Trim(name, "0123456789_-.eE+xX") == "" || strings.EqualFold(name, "null") || strings.EqualFold(name, "true") || strings.EqualFold(name, "false") {
		return `"` + name + `"`
	}
	return name
}
