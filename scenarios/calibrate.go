package scenarios

import (
	"context"
	"fmt"
	"slices"
	"time"

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
	Notes    []string `json:"notes"` // what not to believe

	topKey float64       // the share of the most frequent key, in percent; 0 where keys come once
	clock  time.Duration // the grain of the times of records, if it is a coarse one
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
	c := &Calibration{Format: CalibrationFormat, Fits: []Fit{}, Unfitted: []string{}, Notes: []string{}, Runs: calibrationRuns}
	if err := c.fit(d); err != nil {
		return nil, nil, err
	}
	made := d.write()
	if d.problems.Errors() {
		return nil, nil, d.problems.cut(paths[0])
	}
	runs, err := playImported(ctx, made, calibrationRuns, 0)
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
	beside.laws, beside.processing = d.laws, d.processing
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

// playImported runs a scenario that has just been made, with several seeds. A trace has
// its times spread over the grain of its clock, if there is one.
func playImported(ctx context.Context, made *Imported, runs int, clock time.Duration) (results []*sim.Result, err error) {
	c := newChecker(&source{name: "the scenario", title: "imported", dir: ".", text: made.Scenario})
	x := c.load(Options{})
	if c.problems.Errors() {
		return nil, c.problems
	}
	for i := range runs {
		config := *x.config
		config.Seed += uint64(i)
		if clock > 0 {
			config.Producers = slices.Clone(config.Producers)
			for k := range config.Producers {
				p := &config.Producers[k]
				p.Trace = spreadTrace{p.Trace, clock, config.Seed}
			}
		}
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

// fittedLaws are the lines of a producer.
type fittedLaws struct {
	name, comment                  string
	arrivals, sessions, size, keys string
	list                           []weightedKey // in place of a law of keys
	rate                           []periodCount
}

// fittedLines write a producer of fitted laws.
func (d *draft) fittedLines(y *yamlText, made *Imported, l *fittedLaws) {
	y.line(1, "- name: "+l.name, l.comment)
	y.line(2, "size: "+l.size, "fitted")
	y.line(2, "arrivals: "+l.arrivals, "fitted")
	if l.sessions != "" {
		y.line(2, "sessions: "+l.sessions, "fitted")
	}
	if l.list != nil {
		d.listLines(y, made, l.list, "the most frequent, and the rest together", "keys-"+l.name+".csv")
	} else {
		y.line(2, "keys: "+l.keys, "fitted")
	}
	d.steps(y, l.rate, "counted")
}

// fit finds the laws.
func (c *Calibration) fit(d *draft) error {
	switch {
	case len(d.traces) > 0:
		m, err := d.measure()
		if err != nil {
			return err
		}
		c.fitRecords(d, m)
	case d.seconds != nil:
		counts := make([]int64, len(d.seconds.seconds))
		for i, n := range d.seconds.seconds {
			counts[i] = int64(n)
		}
		// The rate of each second is known, so a law of arrivals says what is within.
		c.fitArrivals(counts, time.Second, workload.SessionFit{})
		c.lack("sizes and keys: a capture by the second has no single records")
	case d.load.records() != nil:
		c.lack("arrivals: a sum over %s hides its seconds; records or a capture by the second have them", Duration(d.load.records().period))
		c.lack("sizes and keys: metrics have only the sum of bytes")
	default:
		return Problems{{Severity: Error, Code: codeConflict, File: "import", Message: "calibrate wants records, a capture by the second, or metrics: the files have nothing to fit to"}}
	}
	c.fitProcessing(d)
	return nil
}

// lack says what cannot be fitted.
func (c *Calibration) lack(format string, arguments ...any) {
	c.Unfitted = append(c.Unfitted, fmt.Sprintf(format, arguments...))
}
