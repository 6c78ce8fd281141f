package scenarios

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"time"

	"kinesim/model"
)

// yamlText is a scenario being written, with a comment at the end of a line.
type yamlText struct{ strings.Builder }

// line writes a line with its comment.
func (y *yamlText) line(depth int, text, comment string) {
	text = strings.Repeat("  ", depth) + text
	if comment != "" {
		text = fmt.Sprintf("%-38s # %s", text, comment)
	}
	y.WriteString(text + "\n")
}

// list writes lines of comments under a heading, if there are any.
func (y *yamlText) list(heading string, lines []string) {
	if len(lines) == 0 {
		return
	}
	y.WriteString("#\n# " + heading + "\n")
	for _, text := range lines {
		y.WriteString("#   - " + text + "\n")
	}
}

// quoted is a text as YAML and JSON write it.
func quoted(text string) string { return strconv.Quote(text) }

// write makes the scenario. What is assumed is known only after its parts are
// written, and stands above them.
func (d *draft) write() *Imported {
	made := &Imported{Files: map[string][]byte{}}
	var body yamlText
	start, length := d.span()
	clock := "clock: {duration: " + length.String() + "}"
	if !start.IsZero() {
		clock = "clock: {start: " + start.Format(time.RFC3339Nano) + ", duration: " + length.String() + "}"
	}
	body.line(0, clock, "")
	d.streamLines(&body, made)
	d.producerLines(&body, made)
	d.consumerLines(&body)
	body.WriteString(expectLines)

	var y yamlText
	y.WriteString("# yaml-language-server: $schema=./kinesim.v1.schema.json\n#\n# Made by 'kinesim import'. What no file says is marked as assumed.\n")
	y.list("From:", d.from)
	y.list("Assumed:", d.assumed)
	y.WriteString("\n")
	y.line(0, "kinesim: v1", "")
	y.line(0, "name: "+quotedName(orElse(d.name, "imported")), "")
	y.line(0, "description: Does the stream hold what was measured?", "")
	y.WriteString(body.String())
	made.Scenario = []byte(y.String())
	d.check(made)
	for _, p := range d.problems {
		if p.Severity == Warning {
			made.Warnings = append(made.Warnings, p)
		}
	}
	return made
}

// check loads what has been made, which finds what a scenario cannot hold: a year of
// metrics, say. Data files are not there yet, so only a text of its own is checked.
func (d *draft) check(made *Imported) {
	if d.options.Folder != "" || d.problems.Errors() {
		return
	}
	c := newChecker(&source{name: "the scenario", title: "imported", dir: ".", text: made.Scenario})
	c.load(Options{})
	for _, p := range c.problems {
		if p.Severity == Error {
			p.Message = "the files cannot be made a scenario: " + p.Message
			d.problems = append(d.problems, p)
		}
	}
}

// expectLines are expectations to begin with.
const expectLines = `# What must hold is yours to say; then a miss is exit code 3:
# expect:
#   - {metric: put_throttled_ratio, below: 0.5%}
#   - {metric: iterator_age, below: 1m}
`

// producerLines write who writes: one producer, since a stream does not know more.
func (d *draft) producerLines(y *yamlText, made *Imported) {
	y.line(0, "producers:", "")
	for i := range d.laws {
		d.fittedLines(y, made, &d.laws[i])
	}
	if len(d.laws) > 0 {
		return
	}
	y.line(1, "- name: app", "")
	if len(d.traces) > 0 {
		d.traceLines(y, made)
		return
	}
	var keys yamlText // which may be long
	d.sizeLine(y, d.keyLines(&keys, made))
	switch {
	case d.load.records() != nil:
		d.arrivalLines(y, d.load.records().period)
		y.WriteString(keys.String())
		d.rateLines(y, made, d.load.records().counts(), d.load.records().period)
	case d.seconds != nil:
		d.arrivalLines(y, time.Second)
		y.WriteString(keys.String())
		d.rateLines(y, made, d.seconds.counts(), time.Second)
	default:
		y.line(2, "rate: 100/s", "assumed")
		y.WriteString(keys.String())
		d.assume("no file says when records arise: 100/s")
		return
	}
	d.assume("how many clients there were and how they sent is in no file: one client, PutRecords")
}

// sizeLine writes the size of data.
func (d *draft) sizeLine(y *yamlText, keyBytes float64) {
	mean, ok := 0.0, false
	why := ""
	switch {
	case d.load.records() != nil:
		mean, ok = d.load.dataSize(keyBytes)
		why = fmt.Sprintf("the mean of IncomingBytes, less %.0f B for a key", keyBytes)
	case d.seconds != nil:
		mean, ok = d.seconds.dataSize()
		why = "the mean of what was captured"
	}
	if !ok {
		y.line(2, "size: 1KiB", "assumed")
		d.assume("no file says how large records are: 1 KiB of data")
		return
	}
	size := Size(max(0, math.Round(mean)))
	y.line(2, "size: "+strconv.FormatInt(int64(size), 10)+"B", why+"; all alike is assumed")
	y.line(2, fmt.Sprintf("# size: {lognormal: {p50: %dB, p99: %dB}}", int64(float64(size)*0.7)+1, int64(float64(size)*5)+1), "about the same mean, with large ones among them")
	d.assume("all records are as large as their mean; sizes that differ fill a shard's second in lumps")
}

// periodCount is how many records a period brings.
type periodCount struct {
	at, length time.Duration
	records    float64
}

// mostSteps is how many steps a scenario takes in its own text.
const mostSteps = 10_000

// rateLines write a rate that was counted, as steps or into a file.
func (d *draft) rateLines(y *yamlText, made *Imported, counts []periodCount, period time.Duration) {
	sum := 0.0
	for _, c := range counts {
		sum += c.records
	}
	what := fmt.Sprintf("%s records, counted in each %s", commas(sum), Duration(period))
	if len(counts) > 60 && d.options.Folder != "" {
		made.Files["incoming-records.csv"] = rateRows(counts, d.startOf())
		y.line(2, "rate: {file: {path: incoming-records.csv}}", what)
	} else {
		d.steps(y, counts, what)
	}
}

// arrivalLines write how records arise within a period, which its sum hides.
func (d *draft) arrivalLines(y *yamlText, period time.Duration) {
	if period == time.Second {
		y.line(2, "arrivals: poisson", "within each second")
		return
	}
	y.line(2, "arrivals: poisson", "assumed; 'regular' gives the very totals, poisson about them")
	burst, turn := max(period/6, time.Second), period
	y.line(2, fmt.Sprintf("# arrivals: {bursty: {on: %s, off: %s, factor: 3}}", Duration(burst), Duration(turn-burst)),
		fmt.Sprintf("a sum over %s hides its seconds: try how bursty they may be", Duration(period)))
	d.assume("within each %s records arise independently of each other; the sum hides whether they came in bursts, which is what makes a shard refuse: try 'bursty'", Duration(period))
}

// startOf is when the first period begins, since 1970.
func (d *draft) startOf() time.Time {
	start, _ := d.span()
	if start.IsZero() {
		start = time.Unix(0, 0).UTC()
	}
	return start
}

// rateRows write counts as a rate file. The last row's length is the median one.
func rateRows(counts []periodCount, start time.Time) []byte {
	var b bytes.Buffer
	b.WriteString("timestamp,value\n")
	for _, c := range counts {
		fmt.Fprintf(&b, "%s,%s\n", start.Add(c.at).Format(time.RFC3339Nano), strconv.FormatFloat(c.records, 'f', -1, 64))
	}
	return b.Bytes()
}

// steps write counts as steps of a rate, equal ones after each other as one.
func (d *draft) steps(y *yamlText, counts []periodCount, what string) {
	y.line(2, "rate:", what)
	y.line(3, "steps:", "")
	last, n := "", 0
	for _, c := range counts {
		rate := rateOf(c.records, c.length)
		if rate == last {
			continue
		}
		y.line(4, fmt.Sprintf("- {at: %s, rate: %s}", Duration(c.at), rate), "")
		last = rate
		n++
	}
	if n > mostSteps {
		d.refuse("%s of a rate are more than the %s that a scenario takes in its own text: say -d DIR, and they go into a file beside it", commas(float64(n)), commas(mostSteps))
	}
}

// rateOf is a number of records in a time as a rate: by that time if it is a unit, or
// else by the unit of time that gives a number without a remainder, if any does.
func rateOf(records float64, length time.Duration) string {
	units := []struct {
		name string
		long time.Duration
	}{{"s", time.Second}, {"m", time.Minute}, {"h", time.Hour}}
	micro := func(long time.Duration) float64 { return records * (float64(long) / float64(length)) * 1e6 }
	sort.SliceStable(units, func(i, j int) bool { return units[i].long == length && units[j].long != length })
	for _, u := range units {
		if x := micro(u.long); x == math.Trunc(x) && x < 1<<53 {
			return unfixed(int64(x), ratePlaces) + "/" + u.name
		}
	}
	if x := micro(time.Hour); x < 1<<62 {
		return unfixed(int64(math.Round(x)), ratePlaces) + "/h"
	}
	return unfixed(int64(math.Round(min(micro(time.Second), 1<<62))), ratePlaces) + "/s"
}

// mostListed is how many keys a scenario lists in its own text.
const mostListed = 2000

// keyLines write the keys, and tell how many bytes a key has in the mean.
func (d *draft) keyLines(y *yamlText, made *Imported) (bytes float64) {
	keys := d.keys
	if len(keys) == 0 {
		keys = d.shardKeys()
	}
	if len(keys) == 0 {
		y.line(2, "keys: {unique: {}}", "assumed: a new key for each record")
		y.line(2, "# keys: {zipf: {s: 1, count: 10000, prefix: user-}}", "a few keys that are frequent; a hot one may be what hurts")
		d.assume("no file says which keys there are: each record has its own, which loads all shards evenly")
		return model.UniqueKeyBytes
	}
	return d.listLines(y, made, keys, d.keysFrom, "keys.csv")
}

// listLines write keys with their weights, into a file where there is a folder for it.
func (d *draft) listLines(y *yamlText, made *Imported, keys []weightedKey, from, file string) (bytes float64) {
	if d.options.Anonymise {
		keys = d.renamed(keys)
	}
	sum := 0.0
	for _, k := range keys {
		sum += k.weight
		bytes += k.weight * float64(len(k.name))
	}
	bytes /= sum
	if d.options.Folder != "" {
		made.Files[file] = keyRows(keys, d.options.Anonymise)
		y.line(2, "keys: {file: {path: "+file+"}}", from)
		return bytes
	}
	if len(keys) > mostListed {
		d.refuse("%s keys are more than the %s that an import lists in the scenario's own text: say -d DIR, and they go into a file beside it", commas(float64(len(keys))), commas(mostListed))
	}
	y.line(2, "keys:", from)
	y.line(3, "list:", "")
	for i, share := range sharesOf(keys, sum) {
		k := keys[i]
		explicit := ""
		if k.hash != model.KeyHash(k.name) {
			explicit = fmt.Sprintf(", explicit_hash_key: %q", k.hash)
		}
		y.line(4, fmt.Sprintf("- {key: %s, share: %s%s}", quoted(k.name), share, explicit), "")
	}
	return bytes
}

// sharesOf are the shares of keys in billionths, which add up to all: what is
// rounded off goes to those that lost the most.
func sharesOf(keys []weightedKey, sum float64) []Share {
	shares, order := make([]Share, len(keys)), make([]int, len(keys))
	lost := make([]float64, len(keys))
	rest := Share(1e9)
	for i, k := range keys {
		part := k.weight / sum * 1e9
		shares[i], order[i] = Share(part), i
		lost[i] = part - float64(shares[i])
		rest -= shares[i]
	}
	sort.SliceStable(order, func(a, b int) bool { return lost[order[a]] > lost[order[b]] })
	for i := 0; rest > 0; i = (i + 1) % len(order) {
		shares[order[i]]++
		rest--
	}
	return shares
}

// keyRows write keys as a file of keys.
func keyRows(keys []weightedKey, explicit bool) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(keyColumns) // a buffer takes everything
	for _, k := range keys {
		hash := ""
		if explicit || k.hash != model.KeyHash(k.name) {
			hash = k.hash.String()
		}
		_ = w.Write([]string{k.name, strconv.FormatFloat(k.weight, 'g', -1, 64), hash})
	}
	w.Flush()
	return b.Bytes()
}

func sortedIDs(of map[model.ShardID]float64) []model.ShardID {
	ids := make([]model.ShardID, 0, len(of))
	for id := range of {
		ids = append(ids, id)
	}
	sort.Slice(ids, func(i, j int) bool { return ids[i] < ids[j] })
	return ids
}
