package scenarios

import (
	"fmt"
	"strings"
	"time"

	"kinesim/model"
)

// captured is what a capture by the second says: records and bytes of each shard.
type captured struct {
	from    time.Time
	file    string
	seconds []float64 // records, all shards together
	data    []float64 // bytes of data, without keys
	shards  map[model.ShardID]float64
	sum     float64
}

// longestCapture is a week by the second.
const longestCapture = 7 * 24 * 3600

func holdsCapture(root *jsonNode) bool {
	list := root.get("shards")
	return list != nil && list.kind == '[' && len(list.items) > 0 && list.items[0].get("stats") != nil
}

// capture reads the JSON of a report of kinesis-hot-shard-advisor: for each shard
// the records ("ingress-count") and the bytes of data ("ingress-bytes") of every
// second from a time on.
func (d *draft) capture(f *importFile) {
	list, from := f.root.get("shards"), f.root.get("from")
	switch {
	case list == nil || list.kind != '[':
		f.atNode(f.root, "no list of shards; expected the JSON of a report of kinesis-hot-shard-advisor: {from, shards: [{shardId, stats}]}")
		return
	case d.seconds != nil:
		f.atNode(f.root, "a second capture; one says when records arise")
		return
	}
	c := &captured{file: f.name(d), shards: map[model.ShardID]float64{}}
	if from != nil {
		if x, ok := f.whole(from, "from, in seconds since 1970,", 0); ok && x < 1<<33 {
			c.from = time.Unix(x, 0).UTC()
		}
	}
	for _, item := range list.items {
		id, err := model.ParseShardID(item.label("shardId"))
		if _, twice := c.shards[id]; err != nil || twice {
			if err == nil {
				err = fmt.Errorf("%s stands twice in the capture", id)
			}
			f.atNode(item, "%v", err)
			continue
		}
		stats := item.get("stats")
		if stats == nil || stats.get("ingress-count") == nil {
			f.atNode(item, "%s has no ingress-count", id)
			continue
		}
		records := f.bySecond(stats.get("ingress-count"), &c.seconds)
		c.shards[id] = records
		c.sum += records
		if bytes := stats.get("ingress-bytes"); bytes != nil {
			f.bySecond(bytes, &c.data)
		}
	}
	d.seconds = c
	d.note(f, "%s records of %s by the second, %s", commas(c.sum), count(len(c.shards), "shard"), Duration(len(c.seconds))*Duration(time.Second))
}

// bySecond adds a series to the one of all shards.
func (f *importFile) bySecond(stats *jsonNode, all *[]float64) (sum float64) {
	series := stats.get("timeSeries")
	if series == nil || series.kind != '[' {
		f.atNode(stats, "no list timeSeries")
		return 0
	}
	if len(series.items) > longestCapture {
		f.atNode(series, "%d seconds; at most a week", len(series.items))
		return 0
	}
	for i, n := range series.items {
		x, ok := f.whole(n, "the number", 0)
		if !ok {
			return sum
		}
		if i == len(*all) {
			*all = append(*all, 0)
		}
		(*all)[i] += float64(x)
		sum += float64(x)
	}
	if total := stats.get("sum"); total != nil {
		if text, _ := total.text(); text != fmt.Sprintf("%.0f", sum) {
			f.doubt(total, "the sum is %s and the series adds up to %s: something is missing", shortened(text), commas(sum))
		}
	}
	return sum
}

// settle cuts the seconds after the last record, which the capture did not see.
func (c *captured) settle(d *draft) {
	n := len(c.seconds)
	for n > 0 && c.seconds[n-1] == 0 {
		n--
	}
	if n == 0 && !d.problems.Errors() {
		d.refuse("the capture %s has no records", c.file)
	}
	c.seconds = c.seconds[:n]
}

// counted takes the number of shards from those that have a load, where nothing else
// says it.
func (d *draft) counted() {
	if records, from := d.weights(); d.shards.all == nil && d.count == 0 && len(records) > 1 {
		d.count, d.countFrom = d.highest(records), from
	}
}

func (c *captured) span() (time.Time, Duration) {
	return c.from, Duration(len(c.seconds)) * Duration(time.Second)
}

func (c *captured) busiest() (records, bytes float64) {
	for i, n := range c.seconds {
		records = max(records, n)
		if i < len(c.data) {
			bytes = max(bytes, c.data[i])
		}
	}
	return records, bytes
}

func (c *captured) counts() []periodCount {
	counts := make([]periodCount, len(c.seconds))
	for i, n := range c.seconds {
		counts[i] = periodCount{time.Duration(i) * time.Second, time.Second, n}
	}
	return counts
}

func (c *captured) dataSize() (mean float64, ok bool) {
	sum := 0.0
	for _, n := range c.data {
		sum += n
	}
	return sum / max(c.sum, 1), sum > 0
}

// weights are how many records each shard had, where files tell.
func (d *draft) weights() (records map[model.ShardID]float64, from string) {
	if d.seconds != nil {
		return d.seconds.shards, d.seconds.file
	}
	records = map[model.ShardID]float64{}
	for id, of := range d.load.shards {
		if sum := of["IncomingRecords"].sum(); sum > 0 {
			records[id] = sum
		}
	}
	return records, "the metrics of shards"
}

// shardKeys are keys that load each shard as it was: several for each, spread
// evenly over its range, so that a split divides them. Names of keys are not known.
func (d *draft) shardKeys() []weightedKey {
	records, from := d.weights()
	if len(records) < 2 {
		return nil
	}
	ranges := map[model.ShardID]model.HashRange{}
	for _, s := range d.shards.all {
		ranges[s.ID] = s.Range
	}
	if d.shards.all == nil {
		even := model.EvenShards(int(max(d.count, d.highest(records))))
		for i := range even.Len() {
			ranges[even.At(i).ID] = even.At(i).Range
		}
		d.assume("the shards of %s are taken to be evenly cut and numbered from 0; list-shards would tell", from)
	}
	var unknown []string
	var keys []weightedKey
	each := min(max(1, 1000/len(records)), 16)
	for _, id := range sortedIDs(records) {
		r, ok := ranges[id]
		if !ok {
			unknown = append(unknown, id.String())
			continue
		}
		for i, hash := range hashesIn(r, each) {
			keys = append(keys, weightedKey{fmt.Sprintf("s%d-%d", id, i+1), records[id] / float64(each), hash})
		}
	}
	if len(unknown) > 0 {
		d.assume("%s stand in no listing; their load is spread over the others", strings.Join(unknown, ", "))
	}
	d.keysFrom = fmt.Sprintf("as many records for each shard as %s say; the keys behind them are not known", from)
	return keys
}

// highest is one more than the highest number of a shard.
func (d *draft) highest(records map[model.ShardID]float64) int64 {
	n := int64(1)
	for id := range records {
		n = max(n, int64(id)+1)
	}
	return min(n, model.MaxShards)
}

// hashesIn are hash keys that part a range into pieces of one width, each in the
// middle of one. n is a power of two for that, or taken to the next.
func hashesIn(r model.HashRange, n int) (hashes []model.HashKey) {
	if n <= 1 || r.Start == r.End {
		return []model.HashKey{r.Midpoint()}
	}
	middle := r.Midpoint()
	lower, upper := model.HashRange{Start: r.Start, End: middle.Prev()}, model.HashRange{Start: middle, End: r.End}
	return append(hashesIn(lower, n/2), hashesIn(upper, n-n/2)...)
}
