package scenarios

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sort"
	"time"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/workload"
)

// CalibrationFormat names the shape of a Calibration in JSON.
const CalibrationFormat = "kinesim/calibration/v1"

// Calibration says which laws fit to what was measured, and how near a run of them
// comes to it.
type Calibration struct {
	Format   string   `json:"format"`
	Fits     []Fit    `json:"fits"`
	Unfitted []string `json:"not_fitted"` // what the files do not tell
	Runs     int      `json:"runs"`
	Scores   []Score  `json:"scores"`
	Score    float64  `json:"score"` // the mean of all

	topKey float64 // the share of the most frequent key, in percent; 0 where keys come once
}

// Fit is a fitted law with its parameters.
type Fit struct {
	Of         string      `json:"of"`  // arrivals, size, keys or processing
	Law        string      `json:"law"` // as scenarios name it
	Parameters []Parameter `json:"parameters"`
	Doubt      string      `json:"doubt"` // how well it fits, in words
}

// Parameter is a fitted number with its 95 % interval.
type Parameter struct {
	Name string `json:"name"`
	Unit string `json:"unit"`
	workload.Estimate
}

// calibrationRuns is how many seeds are played for what chance does to a run.
const calibrationRuns = 3

// Calibrate fits laws to what files hold and plays them beside it. An error that is
// Problems is about the files.
func Calibrate(ctx context.Context, paths []string, o ImportOptions) (*Calibration, *Imported, error) {
	inline := o
	inline.Folder = ""
	d, problems := readImport(importAuto, paths, inline)
	if problems.Errors() {
		return nil, nil, problems
	}
	if len(d.traces) > 1 {
		return nil, nil, Problems{{Severity: Error, Code: codeConflict, File: "import", Message: "calibrate takes one file of records; 'kinesim import records FILE… -d DIR' makes one of several"}}
	}
	c := &Calibration{Format: CalibrationFormat, Fits: []Fit{}, Unfitted: []string{}, Runs: calibrationRuns}
	fitted, err := c.fit(d)
	if err != nil {
		return nil, nil, err
	}
	fitted.apply(d)
	made := d.write()
	if d.problems.Errors() {
		return nil, nil, d.problems.cut(paths[0])
	}
	runs, err := playImported(ctx, made, calibrationRuns)
	if err != nil {
		return nil, nil, err
	}
	if err := c.judge(ctx, d, runs, paths, inline); err != nil {
		return nil, nil, err
	}
	if o.Folder == "" {
		return c, made, nil
	}
	beside, problems := readImport(importAuto, paths, o)
	if problems.Errors() {
		return nil, nil, problems
	}
	fitted.apply(beside)
	made = beside.write()
	return c, made, beside.problems.faults()
}

// faults are the problems as an error, if any is one.
func (p Problems) faults() error {
	if p.Errors() {
		return p
	}
	return nil
}

// playImported runs a scenario that has just been made, with several seeds.
func playImported(ctx context.Context, made *Imported, runs int) (results []*sim.Result, err error) {
	c := newChecker(&source{name: "the scenario", title: "imported", dir: ".", text: made.Scenario})
	x := c.load(Options{})
	if c.problems.Errors() {
		return nil, c.problems
	}
	for i := range runs {
		config := *x.config
		config.Seed += uint64(i)
		r, err := sim.Run(ctx, &config, nil)
		if err == nil && r.Partial {
			err = context.Cause(ctx)
		}
		if err != nil {
			return nil, err
		}
		results = append(results, r)
	}
	return results, nil
}

// fittedLaws are the lines that a scenario has of them.
type fittedLaws struct {
	arrivals, size, keysLaw, processing string
	rate                                []periodCount // in place of a trace
	keys                                []weightedKey
}

// apply makes them part of a scenario.
func (l *fittedLaws) apply(d *draft) {
	d.size, d.keysLaw, d.processing = l.size, l.keysLaw, l.processing
	if l.keys != nil {
		d.keys, d.keysFrom = l.keys, "the most frequent, and the rest together"
	}
	if l.rate != nil {
		d.arrivals = l.arrivals
		var y yamlText
		d.steps(&y, l.rate, "counted")
		d.rate = y.String()
	} else if l.arrivals != "" {
		d.arrivals = l.arrivals
	}
}

// measured are records as far as laws are fitted to them.
type measuredRecords struct {
	times []time.Duration // since the first
	sizes map[int64]int64
	keys  map[string]*weightedKey
}

// mostMeasured is how many records are held for a fit.
const mostMeasured = 50_000_000

// measure reads a file of records for its times, sizes and keys.
func (d *draft) measure() (m *measuredRecords, err error) {
	open, err := d.openAll()
	defer func() {
		for _, r := range open {
			err = errors.Join(err, r.Close())
		}
	}()
	m = &measuredRecords{sizes: map[int64]int64{}, keys: map[string]*weightedKey{}}
	for err == nil {
		r := open[0]
		if len(m.times) == mostMeasured {
			return nil, fmt.Errorf("%s holds more than %s records, the most that a fit takes", d.traces[0].path, commas(mostMeasured))
		}
		m.times = append(m.times, r.row.at-r.first)
		m.sizes[r.row.bytes]++
		k := m.keys[string(r.row.key)]
		if k == nil {
			k = &weightedKey{name: string(r.row.key), hash: model.KeyHash(string(r.row.key))}
			if r.row.explicit != nil {
				k.hash = *r.row.explicit
			}
			m.keys[k.name] = k
		}
		k.weight++
		err = r.advance()
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return m, err
}

// fit finds the laws.
func (c *Calibration) fit(d *draft) (*fittedLaws, error) {
	l := &fittedLaws{}
	switch {
	case len(d.traces) > 0:
		m, err := d.measure()
		if err != nil {
			return nil, err
		}
		_, span := d.trace.span()
		width := resolutionOf(m.times, time.Duration(span))
		turn := c.fitArrivals(l, countsOf(m.times, width, time.Duration(span)), width)
		l.rate = ratesOf(m.times, time.Duration(span), turn)
		c.fitSizes(l, m.sizes)
		c.fitKeys(l, m.keys)
	case d.seconds != nil:
		counts := make([]int64, len(d.seconds.seconds))
		for i, n := range d.seconds.seconds {
			counts[i] = int64(n)
		}
		// The rate of each second is known, so a law of arrivals says what is within.
		c.fitArrivals(l, counts, time.Second)
		l.arrivals = ""
		c.lack("sizes and keys: a capture by the second has no single records")
	case d.load.records() != nil:
		c.lack("arrivals: a sum over %s hides its seconds; records or a capture by the second have them", Duration(d.load.records().period))
		c.lack("sizes and keys: metrics have only the sum of bytes")
	default:
		return nil, Problems{{Severity: Error, Code: codeConflict, File: "import", Message: "calibrate wants records, a capture by the second, or metrics: the files have nothing to fit to"}}
	}
	c.fitProcessing(l, d)
	return l, nil
}

// lack says what cannot be fitted.
func (c *Calibration) lack(format string, arguments ...any) {
	c.Unfitted = append(c.Unfitted, fmt.Sprintf(format, arguments...))
}

// resolutionOf is the width of bins: that of the clock that the times were read
// from, or finer than any law asks for.
func resolutionOf(times []time.Duration, span time.Duration) time.Duration {
	const most = 1 << 20 // bins
	for _, width := range []time.Duration{time.Second, 100 * time.Millisecond, 10 * time.Millisecond} {
		whole := true
		for _, at := range times {
			if whole = at%width == 0; !whole {
				break
			}
		}
		if whole {
			return max(width, (span / most).Truncate(width))
		}
	}
	width := time.Millisecond
	for span/width > most {
		width *= 10
	}
	return width
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
// of arrivals.
func ratesOf(times []time.Duration, span, turn time.Duration) (rates []periodCount) {
	const most = 500
	width := time.Minute
	if turn > 0 {
		width = turn * ((width + turn - 1) / turn)
	}
	for span/width > most {
		width *= 2
	}
	for i, n := range countsOf(times, width, span) {
		at := time.Duration(i) * width
		rates = append(rates, periodCount{at, min(width, span-at), float64(n)})
	}
	return rates
}

// fitKeys fits a law of keys.
func (c *Calibration) fitKeys(l *fittedLaws, keys map[string]*weightedKey) {
	counts := make([]int64, 0, len(keys))
	list := make([]weightedKey, 0, len(keys))
	for _, k := range keys {
		counts = append(counts, int64(k.weight))
		list = append(list, *k)
	}
	sort.Slice(list, func(i, j int) bool {
		return list[i].weight > list[j].weight || list[i].weight == list[j].weight && list[i].name < list[j].name
	})
	sort.Slice(counts, func(i, j int) bool { return counts[i] > counts[j] })
	fit, sum := workload.FitKeys(counts), 0.0
	for _, k := range list {
		sum += k.weight
	}
	if fit.Kind != "unique" {
		c.topKey = 100 * list[0].weight / sum
	}
	f := Fit{Of: "keys", Law: fit.Kind, Doubt: fmt.Sprintf("cumulative shares by rank are at most %.1f %% off", 100*fit.Distance)}
	number := Parameter{"count", "keys", fit.Count}
	switch fit.Kind {
	case "unique":
		l.keysLaw, f.Doubt = "{unique: {}}", "no key came twice"
	case "uniform":
		l.keysLaw = fmt.Sprintf("{uniform: {count: %.0f, prefix: key-}}", fit.Count.Value)
		f.Parameters = []Parameter{number}
	case "zipf":
		l.keysLaw = fmt.Sprintf("{zipf: {s: %.4g, count: %.0f, prefix: key-}}", fit.S.Value, fit.Count.Value)
		f.Parameters = []Parameter{{"s", "", fit.S}, number}
	default:
		l.keys = gathered(list)
		f.Doubt = fmt.Sprintf("no simple law: the best Zipf is %.1f %% off, so the most frequent keys stand as they are", 100*fit.Distance)
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
