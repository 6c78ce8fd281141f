package scenarios

import (
	"errors"
	"fmt"
	"io"
	"sort"
	"time"

	"kinesim/model"
	"kinesim/sim/workload"
)

// measuredRecords are records as far as laws are fitted to them: columns in the order of
// the file, and their keys by number.
type measuredRecords struct {
	times []time.Duration // since the first
	sizes []uint32
	key   []int32
	keys  []weightedKey // the weight is how many records it has
}

// mostMeasured is how many records are held for a fit.
const mostMeasured = 50_000_000

// measure reads a file of records.
func (d *draft) measure() (m *measuredRecords, err error) {
	open, err := d.openAll()
	defer func() {
		for _, r := range open {
			err = errors.Join(err, r.Close())
		}
	}()
	m = &measuredRecords{}
	numbers := map[string]int32{}
	for err == nil {
		r := open[0]
		if len(m.times) == mostMeasured {
			return nil, fmt.Errorf("%s holds more than %s records, the most that a fit takes", d.traces[0].path, commas(mostMeasured))
		}
		number, known := numbers[string(r.row.key)]
		if !known {
			number = int32(len(m.keys))
			k := weightedKey{name: string(r.row.key), hash: model.KeyHash(string(r.row.key))}
			if r.row.explicit != nil {
				k.hash = *r.row.explicit
			}
			numbers[k.name] = number
			m.keys = append(m.keys, k)
		}
		m.add(r.row.at-r.first, uint32(r.row.bytes), number)
		err = r.advance()
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return m, err
}

func (m *measuredRecords) add(at time.Duration, size uint32, key int32) {
	m.times, m.sizes, m.key = append(m.times, at), append(m.sizes, size), append(m.key, key)
	m.keys[key].weight++
}

// largePart is from which part of a shard's second on a record is large: a few of them
// at once are refused, whatever the others do.
const largePart = 4

// classes are all records, or the large ones apart from the others: who fetches the
// large, when and how many at once is what makes a shard refuse, and says little of the
// many small ones. Too few of either tell no law.
func (m *measuredRecords) classes() (classes []*measuredRecords) {
	const fewest = 100
	limit := uint32(model.AWS2026().WriteBytesPerSecond / largePart)
	small, large := &measuredRecords{keys: m.unweighted()}, &measuredRecords{keys: m.unweighted()}
	for i, size := range m.sizes {
		class := small
		if size >= limit {
			class = large
		}
		class.add(m.times[i], size, m.key[i])
	}
	if len(small.times) < fewest || len(large.times) < fewest {
		return []*measuredRecords{m}
	}
	return []*measuredRecords{small, large}
}

func (m *measuredRecords) unweighted() []weightedKey {
	keys := append([]weightedKey(nil), m.keys...)
	for i := range keys {
		keys[i].weight = 0
	}
	return keys
}

// fitRecords fits laws to recorded records.
func (c *Calibration) fitRecords(d *draft, m *measuredRecords) {
	_, length := d.trace.span()
	span := time.Duration(length)
	grain := resolutionOf(m.times, span)
	if grain >= coarseClock && onGrid(m.times, grain) {
		c.clock = grain
	}
	sessions := workload.FitSessions(m.times, m.key, len(m.keys), grain)
	arrivals, wave := c.fitArrivals(countsOf(m.times, grain, span), grain, sessions)
	rates := ratesOf(m.times, span, wave.Law)
	for _, k := range m.keys {
		if k.weight > 1 {
			c.topKey = max(c.topKey, 100*k.weight/float64(len(m.times)))
		}
	}
	limit := model.AWS2026().WriteBytesPerSecond / largePart
	classes := m.classes()
	for i, class := range classes {
		l, of, prefix := fittedLaws{name: "app", arrivals: arrivals}, "", "key-"
		switch {
		case len(classes) == 1:
		case i == 0:
			l.comment = fmt.Sprintf("its records under %s", limit)
			of = ", small records"
		default:
			l.name, prefix = "app-large", "large-key-"
			l.comment = fmt.Sprintf("its records from %s on, of which few fill a shard's second", limit)
			of = ", large records"
		}
		if len(classes) > 1 {
			sessions = workload.FitSessions(class.times, class.key, len(class.keys), grain)
		}
		if arrivals == "regular" {
			sessions.Found = false
		}
		share := float64(len(class.times)) / float64(len(m.times))
		for _, r := range rates {
			l.rate = append(l.rate, periodCount{r.at, r.length, r.records * share})
		}
		c.fitSizes(&l, class.sizes, of)
		c.fitSessions(&l, sessions, of)
		c.fitKeys(&l, class.keys, sessions, of, prefix)
		d.laws = append(d.laws, l)
	}
}

// fitSessions writes how records of one key follow each other.
func (c *Calibration) fitSessions(l *fittedLaws, s workload.SessionFit, of string) {
	if !s.Found {
		return
	}
	gap := time.Duration(s.Gap.Value * 1e9)
	l.sessions = fmt.Sprintf("{records: %.4g, gap: %s}", s.Records.Value, Duration(gap).roughly())
	c.Fits = append(c.Fits, Fit{Of: "sessions" + of, Law: "sessions", Parameters: []Parameter{{"records", "", s.Records}, {"gap", "s", s.Gap}},
		Doubt: "by how many more pairs of records have the same key within seconds than independent keys would make"})
}

// resolutionOf is the width of bins: that of the clock that the times were read
// from, or finer than any law asks for.
func resolutionOf(times []time.Duration, span time.Duration) time.Duration {
	const most = 1 << 20 // bins
	for _, width := range []time.Duration{time.Second, 100 * time.Millisecond, 10 * time.Millisecond} {
		if onGrid(times, width) {
			return max(width, (span / most).Truncate(width))
		}
	}
	width := time.Millisecond
	for span/width > most {
		width *= 10
	}
	return width
}

// coarseClock is a grain that makes a difference to what a shard takes at once.
const coarseClock = 100 * time.Millisecond

// onGrid tells whether all times are multiples of a width.
func onGrid(times []time.Duration, width time.Duration) bool {
	for _, at := range times {
		if at%width != 0 {
			return false
		}
	}
	return true
}

func countsOf(times []time.Duration, width, span time.Duration) []int64 {
	counts := make([]int64, max(1, (span+width-1)/width))
	for _, at := range times {
		counts[at/width]++
	}
	return counts
}

// ratesOf are the counts of minutes, or of longer spans where there are many, in whole
// turns of bursts: what is slower than that is the rate, and what is faster is the law
// of arrivals. A run that ends within a turn sees more or less of it than its time.
func ratesOf(times []time.Duration, span time.Duration, law workload.Arrivals) (rates []periodCount) {
	const most = 500
	width := time.Minute
	end := span
	if b, ok := law.(workload.Bursty); ok {
		turn := b.On + b.Off
		width = turn * ((width + turn - 1) / turn)
		end = b.Plain(span)
	}
	for span/width > most {
		width *= 2
	}
	for i, n := range countsOf(times, width, span) {
		at := time.Duration(i) * width
		rates = append(rates, periodCount{at, min(width, end-at), float64(n)})
	}
	return rates
}

// fitKeys fits a law of keys.
func (c *Calibration) fitKeys(l *fittedLaws, keys []weightedKey, sessions workload.SessionFit, of, prefix string) {
	counts := make([]int64, 0, len(keys))
	list := make([]weightedKey, 0, len(keys))
	for _, k := range keys {
		if k.weight > 0 {
			counts = append(counts, int64(k.weight))
			list = append(list, k)
		}
	}
	sort.Slice(list, func(i, j int) bool {
		return list[i].weight > list[j].weight || list[i].weight == list[j].weight && list[i].name < list[j].name
	})
	sort.Slice(counts, func(i, j int) bool { return counts[i] > counts[j] })
	fit := workload.FitKeys(counts, sessions)
	f := Fit{Of: "keys" + of, Law: fit.Kind, Doubt: fmt.Sprintf("cumulative shares by rank are at most %.1f %% off", 100*fit.Distance)}
	number := Parameter{"count", "keys", fit.Count}
	switch fit.Kind {
	case "unique":
		l.keys, f.Doubt = "{unique: {}}", "no key came twice"
		if sessions.Found {
			f.Doubt = "each session has a key of its own"
		}
	case "uniform":
		l.keys = fmt.Sprintf("{uniform: {count: %.0f, prefix: %s}}", fit.Count.Value, prefix)
		f.Parameters = []Parameter{number}
	case "zipf":
		l.keys = fmt.Sprintf("{zipf: {s: %.4g, count: %.0f, prefix: %s}}", fit.S.Value, fit.Count.Value, prefix)
		f.Parameters = []Parameter{{"s", "", fit.S}, number}
	default:
		l.list = gathered(list)
		f.Doubt = fmt.Sprintf("no simple law is near (the best Zipf is %.1f %% off), or too little was seen of it: the most frequent keys stand as they are", 100*fit.Distance)
		f.Parameters = []Parameter{{"count", "keys", workload.Estimate{Value: float64(len(list)), Low: float64(len(list)), High: float64(len(list))}}}
	}
	c.Fits = append(c.Fits, f)
}

// gathered are the most frequent keys, and the others together spread over all hash keys.
func gathered(list []weightedKey) []weightedKey {
	const most, pieces = 1000, 64
	if len(list) <= most {
		return list
	}
	rest := 0.0
	for _, k := range list[most:] {
		rest += k.weight
	}
	list = list[:most:most]
	for i, hash := range hashesIn(model.Whole, pieces) {
		list = append(list, weightedKey{fmt.Sprintf("rest-%d", i+1), rest / pieces, hash})
	}
	return list
}
