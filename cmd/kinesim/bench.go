package main

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"kinesim/scenarios"
	"kinesim/sim"
)

// benchJobs are the jobs by their names, in the order in which they are played. What a
// record costs hangs on the scenario; these six show the range.
var benchJobs = []string{"yardstick", "features", "storm", "wide", "backlog", "spans"}

//go:embed bench/*.yaml
var benchFiles embed.FS

// benched is the measure of one job, over the rounds. A run keeps one core busy, so
// the time on the clock is close to that of the processor; the garbage collector adds
// a little on the other cores, which the clock does not see.
type benched struct {
	Job         string  `json:"job"`
	Description string  `json:"description"`
	Shards      int     `json:"shards"`
	Records     int64   `json:"records"`          // offered in a round
	Seconds     float64 `json:"seconds"`          // of a round, the median
	Slowest     float64 `json:"slowest_seconds"`  // round
	PerSecond   float64 `json:"records_s"`        // simulated in a second of the median round
	PerRecord   float64 `json:"ns_per_record"`    // in the median round
	PeakHeap    uint64  `json:"peak_heap_bytes"`  // of live and dead objects, beyond what there was before
	Retained    int64   `json:"retained_records"` // unread at the end, by the consumer that is farthest behind
	// PerRetained is the peak heap over the records retained; only where those are so many
	// that they are what fills the heap.
	PerRetained *float64 `json:"bytes_per_retained_record"`
	Ticks       int64    `json:"shard_ticks"` // spans of all shards, at a coarse resolution; else 0
	PerTick     *float64 `json:"ns_per_shard_tick"`
	TicksPerS   *float64 `json:"shard_ticks_s"` // played in a second of the median round
}

// benchReport is the answer to bench, format kinesim/bench/v1.
type benchReport struct {
	Format  string    `json:"format"`
	Version string    `json:"go_version"`
	System  string    `json:"system"`
	Cores   int       `json:"cores"`
	Rounds  int       `json:"rounds"` // complete ones
	Jobs    []benched `json:"jobs"`
}

func (a *app) benchCommand() *cobra.Command {
	rounds, format := 3, "text"
	command := &cobra.Command{
		Use:   "bench [JOB…]",
		Short: "How fast kinesim is on this machine",
		Long: `How fast kinesim is on this machine: records a second, time and memory of a record,
over five jobs of 3 to 20 million records each, and one of 7 billion in spans of a second: ` + strings.Join(benchJobs, ", ") + `.

The jobs are played in turns, so that a machine that is busy for a while slows all of
them alike, and the median round counts. Each keeps one core busy.`,
		Example: `  kinesim bench                      all jobs, three rounds
  kinesim bench yardstick --rounds 9
  kinesim bench -o json > before.json`,
		ValidArgs: benchJobs,
		RunE: func(command *cobra.Command, jobs []string) error {
			if err := oneOf("output format", format, "text", "json"); err != nil {
				return err
			}
			if rounds < 1 || rounds > 1000 {
				return bad("--rounds %d: 1 to 1000", rounds)
			}
			for _, job := range jobs {
				if err := oneOf("job", job, benchJobs...); err != nil {
					return err
				}
			}
			if len(jobs) == 0 {
				jobs = benchJobs
			}
			return a.bench(command.Context(), jobs, rounds, format)
		},
	}
	command.Flags().IntVar(&rounds, "rounds", rounds, "how often each job is played")
	command.Flags().StringVarP(&format, "output", "o", format, "text or json")
	return command
}

// bench plays the jobs in turns and prints what they took. An interrupt ends it with
// what the complete rounds gave.
func (a *app) bench(ctx context.Context, jobs []string, rounds int, format string) error {
	rows, times := make([]benched, len(jobs)), make([][]time.Duration, len(jobs))
	for round := 1; round <= rounds && ctx.Err() == nil; round++ {
		for i, job := range jobs {
			a.detail("round %d of %d: %s", round, rounds, job)
			took, row, err := benchOnce(ctx, job)
			if err != nil {
				return fault(err)
			}
			if ctx.Err() != nil {
				break
			}
			row.PeakHeap = max(row.PeakHeap, rows[i].PeakHeap)
			rows[i], times[i] = row, append(times[i], took)
		}
	}
	if slices.ContainsFunc(times, func(t []time.Duration) bool { return len(t) == 0 }) {
		return exit{exitInterrupted, fmt.Errorf("interrupted before each job was played once")}
	}
	for i := range rows {
		rows[i].conclude(times[i])
	}
	r := benchReport{"kinesim/bench/v1", runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH, runtime.NumCPU(), len(times[len(times)-1]), rows}
	var err error
	if format == "json" {
		err = a.writeJSON(&r)
	} else {
		err = a.benchText(&r)
	}
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		return exit{code: exitInterrupted}
	}
	return nil
}

// benchOnce plays one job once.
func benchOnce(ctx context.Context, job string) (time.Duration, benched, error) {
	text, err := benchFiles.ReadFile("bench/" + job + ".yaml")
	if err != nil {
		return 0, benched{}, err
	}
	config, err := scenarios.Load("-", bytes.NewReader(text), scenarios.Options{})
	if err != nil {
		return 0, benched{}, err
	}
	runtime.GC() // what the job before left behind is not this one's
	heap := watchHeap()
	began := time.Now()
	result, err := sim.Run(ctx, config, nil)
	took := time.Since(began)
	peak := heap.stop()
	if err != nil {
		return 0, benched{}, err
	}
	row := benched{
		Job: job, Description: config.Description, Shards: len(result.Shards),
		Records: result.Stream.OfferedRecords, PeakHeap: peak,
	}
	if tick := config.Resolution.Tick(); tick > 0 {
		row.Ticks = int64(config.Clock.Duration/tick) * int64(row.Shards)
	}
	for i := range result.Consumers {
		row.Retained = max(row.Retained, result.Consumers[i].BacklogRecords)
	}
	return took, row, nil
}

// conclude reckons what follows from the times of the rounds.
func (b *benched) conclude(rounds []time.Duration) {
	slices.Sort(rounds)
	median := rounds[len(rounds)/2]
	b.Seconds, b.Slowest = median.Seconds(), rounds[len(rounds)-1].Seconds()
	b.PerSecond = float64(b.Records) / b.Seconds
	b.PerRecord = float64(median.Nanoseconds()) / float64(b.Records)
	if 2*b.Retained > b.Records {
		per := float64(b.PeakHeap) / float64(b.Retained)
		b.PerRetained = &per
	}
	if b.Ticks > 0 {
		each, rate := float64(median.Nanoseconds())/float64(b.Ticks), float64(b.Ticks)/b.Seconds
		b.PerTick, b.TicksPerS = &each, &rate
	}
}

// benchText prints the report as a table.
func (a *app) benchText(r *benchReport) error {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s, %s, %d cores; median of %d rounds in turns, each run on one core\n\n", r.Version, r.System, r.Cores, r.Rounds)
	t := tabwriter.NewWriter(&out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "job\tshards\trecords\ttime\trecords/s\tns/record\tpeak heap\tB/kept record\tshard-ticks/s\t")
	for _, b := range r.Jobs {
		kept := "-"
		if b.PerRetained != nil {
			kept = fmt.Sprintf("%.1f", *b.PerRetained)
		}
		ticks := "-"
		if b.TicksPerS != nil {
			ticks = humanize.SIWithDigits(*b.TicksPerS, 1, "")
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%.2f s\t%s\t%.1f\t%s\t%s\t%s\t\n", b.Job, humanize.Comma(int64(b.Shards)), humanize.Comma(b.Records), b.Seconds,
			humanize.SIWithDigits(b.PerSecond, 1, ""), b.PerRecord, humanize.IBytes(b.PeakHeap), kept, ticks)
	}
	if err := t.Flush(); err != nil {
		return fault(err)
	}
	fmt.Fprintln(&out)
	for _, b := range r.Jobs {
		fmt.Fprintf(&out, "%s: %s\n", b.Job, b.Description)
	}
	return a.print(out.Bytes())
}

// heapWatch looks at the heap every few milliseconds.
type heapWatch struct {
	before uint64
	end    chan struct{}
	peak   chan uint64
}

// heapObjects is the metric of bytes in live objects and in dead ones that are not swept.
const heapObjects = "/memory/classes/heap/objects:bytes"

func heapNow() uint64 {
	sample := []metrics.Sample{{Name: heapObjects}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

func watchHeap() *heapWatch {
	w := &heapWatch{before: heapNow(), end: make(chan struct{}), peak: make(chan uint64)}
	go func() {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		peak := w.before
		for {
			select {
			case <-tick.C:
				peak = max(peak, heapNow())
			case <-w.end:
				w.peak <- max(peak, heapNow())
				return
			}
		}
	}()
	return w
}

// stop gives the most bytes that there were beyond those at the beginning.
func (w *heapWatch) stop() uint64 {
	close(w.end)
	return <-w.peak - w.before
}
