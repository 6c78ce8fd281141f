package report

import (
	"context"
	"flag"
	"fmt"
	"image/color"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/workload"
)

var growthPlot = flag.String("growth", "", "a PNG file for the plot of BenchmarkGrowth")

// growth is how the cost of a run grows as one thing does, over three decades.
type growth struct {
	name   string
	color  color.Color
	config func(n int, seconds time.Duration) *sim.Config
	sizes  []int
	spans  []int     // by size: so many virtual seconds are measured; nil: the size itself, from the start of the run
	cost   []float64 // seconds of CPU for a virtual second; for the whole run where spans is nil
}

// load is a number of records a second on a number of shards, read by two consumers.
func load(shards, perSecond, keys, readers int, duration time.Duration) *sim.Config {
	l := model.AWS2026()
	l.ReadCallsPerSecond, l.ReadBurstCalls = 1<<20, 1<<20 // a thousand readers of a shard are beyond any limit
	l.ReadBytesPerSecond, l.ReadBurstBytes = model.GiB, model.GiB
	c := &sim.Config{
		Name: "growth", Seed: 1, Clock: sim.Clock{Duration: duration}, Resolution: "record", Limits: l,
		Stream: sim.StreamConfig{Mode: "provisioned", Shards: model.EvenShards(shards), Retention: 24 * time.Hour, MaxRecordSize: model.MiB},
		Producers: []client.ProducerConfig{{
			Name: "app", Clients: 1 + perSecond/50_000, Rate: workload.Constant(model.PerSecond(int64(perSecond))), Arrivals: workload.Poisson{},
			Size: workload.ConstantSize(500), Keys: workload.Ranked{S: 0.8, Count: keys, Prefix: "user-"},
			Put: client.Put{Records: 100, Bytes: 10 * model.MiB, Linger: 2 * time.Millisecond}, Retry: client.NoRetry{},
		}},
	}
	for i := range readers {
		c.Consumers = append(c.Consumers, client.ConsumerConfig{Name: fmt.Sprint("reader-", i), Kind: client.Classic{Interval: time.Second, MaxRecords: 10_000}})
	}
	return c
}

func growths() []*growth {
	return []*growth{
		{name: "shards and records", color: vermillion, sizes: []int{10, 100, 1000, 10_000}, spans: []int{200, 30, 4, 3},
			config: func(n int, d time.Duration) *sim.Config { return load(n, 800*n, 100_000, 2, d) }},
		{name: "virtual time", color: green, sizes: []int{10, 100, 1000, 10_000},
			config: func(n int, d time.Duration) *sim.Config { return load(16, 10_000, 10_000, 2, d) }},
		{name: "records", color: blue, sizes: []int{1000, 10_000, 100_000, 1_000_000}, spans: []int{500, 150, 30, 4},
			config: func(n int, d time.Duration) *sim.Config { return load(64, n, 10_000, 2, d) }},
		{name: "consumers", color: purple, sizes: []int{1, 10, 100, 1000}, spans: []int{300, 100, 20, 10},
			config: func(n int, d time.Duration) *sim.Config { return load(4, 3000, 10_000, n, d) }},
		{name: "keys", color: ink, sizes: []int{1000, 10_000, 100_000, 1_000_000}, spans: []int{100, 100, 100, 100},
			config: func(n int, d time.Duration) *sim.Config { return load(64, 50_000, n, 2, d) }},
	}
}

// cpu is how many seconds of processor a run takes.
func cpu(b *testing.B, c *sim.Config) float64 {
	spent := func() float64 {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
	}
	runtime.GC() // the run before pays for what it leaves behind
	before := spent()
	if _, err := sim.Run(context.Background(), c, nil); err != nil {
		b.Fatal(err)
	}
	return spent() - before
}

// head is how long runs are that are subtracted, and with them what a run costs before
// its first record.
const head = 2 * time.Second

// fewestRounds is how many rounds say something.
const fewestRounds = 3

// measure takes the least of some rounds at each size: what else the machine does only
// ever adds.
func (g *growth) measure(b *testing.B, rounds int) {
	long, short := make([][]float64, len(g.sizes)), make([][]float64, len(g.sizes))
	for range rounds {
		for i, n := range g.sizes {
			if g.spans == nil {
				long[i] = append(long[i], cpu(b, g.config(n, time.Duration(n)*time.Second)))
				continue
			}
			short[i] = append(short[i], cpu(b, g.config(n, head)))
			long[i] = append(long[i], cpu(b, g.config(n, head+time.Duration(g.spans[i])*time.Second)))
		}
	}
	g.cost = g.cost[:0]
	for i := range g.sizes {
		cost := slices.Min(long[i])
		if g.spans != nil {
			cost = (cost - slices.Min(short[i])) / float64(g.spans[i])
		}
		if cost <= 0 && rounds >= fewestRounds {
			b.Fatalf("%s: %d take less for longer: the machine is busy", g.name, g.sizes[i])
		}
		g.cost = append(g.cost, max(cost, 1e-6))
	}
}

// exponent fits cost ~ size^exponent, by least squares of the logarithms.
func exponent(sizes []int, cost []float64) float64 {
	var x, y []float64
	for i, n := range sizes {
		x, y = append(x, math.Log(float64(n))), append(y, math.Log(cost[i]))
	}
	_, slope := stat.LinearRegression(x, y, nil, false)
	return slope
}

func TestExponent(t *testing.T) {
	sizes := []int{10, 100, 1000}
	for _, want := range []float64{0, 0.5, 1, 1.1} {
		var cost []float64
		for _, n := range sizes {
			cost = append(cost, 3e-7*math.Pow(float64(n), want))
		}
		if got := exponent(sizes, cost); math.Abs(got-want) > 1e-9 {
			t.Errorf("exponent %v, not %v", got, want)
		}
	}
}

// BenchmarkGrowth reports the exponents with which the cost of a run grows. It makes the
// plot of sim/DESIGN.md:
//
//	go test ./report -run '^$' -bench Growth -benchtime 3x -growth ../sim/growth.png
func BenchmarkGrowth(b *testing.B) {
	all := growths()
	for _, g := range all {
		g.measure(b, b.N)
		b.ReportMetric(exponent(g.sizes, g.cost), strings.ReplaceAll(g.name, " ", "-")+"-exponent")
		b.Logf("%s: %v take %.3g s", g.name, g.sizes, g.cost)
	}
	if *growthPlot == "" || b.N < fewestRounds { // the benchmark is tried with one round first
		return
	}
	file, err := os.Create(*growthPlot)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	canvas := vgimg.NewWith(vgimg.UseWH(7.5*vg.Inch, 4.8*vg.Inch), vgimg.UseDPI(110))
	plotGrowth(all).Draw(draw.New(canvas))
	if _, err := (vgimg.PngCanvas{Canvas: canvas}).WriteTo(file); err != nil {
		b.Fatal(err)
	}
}

// plotGrowth draws each growth as multiples of its smallest size, with the line of what
// is in proportion.
func plotGrowth(all []*growth) *plot.Plot {
	p := plot.New()
	p.Title.Text = "What a run costs as one thing grows a thousandfold"
	p.X.Label.Text, p.Y.Label.Text = "times as many", "times the CPU"
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	decades := plot.ConstantTicks{{Value: 1, Label: "1"}, {Value: 10, Label: "10"}, {Value: 100, Label: "100"}, {Value: 1000, Label: "1,000"}}
	p.X.Tick.Marker, p.Y.Tick.Marker = decades, decades
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 1, 1000, 0.7, 4000
	lines := plotter.NewGrid()
	lines.Vertical.Color, lines.Horizontal.Color = grid, grid
	p.Add(lines)
	for i, g := range all {
		points := make(plotter.XYs, len(g.sizes))
		for j, n := range g.sizes {
			points[j] = plotter.XY{X: float64(n) / float64(g.sizes[0]), Y: g.cost[j] / g.cost[0]}
		}
		line, marks, err := plotter.NewLinePoints(points)
		if err != nil {
			panic(err) // they are numbers
		}
		line.Color, line.Width, line.Dashes = g.color, vg.Points(2), dashPattern(i)
		marks.Color, marks.Shape, marks.Radius = g.color, marker(i), vg.Points(4)
		p.Add(line, marks)
		p.Legend.Add(fmt.Sprintf("%s, exponent %.2f", g.name, exponent(g.sizes, g.cost)), line, marks)
	}
	even := plotter.NewFunction(func(x float64) float64 { return x })
	even.Color, even.Samples = faint, 2
	p.Add(even)
	p.Legend.Add("in proportion", even)
	p.Legend.Top, p.Legend.Left, p.Legend.ThumbnailWidth, p.Legend.Padding = true, true, vg.Points(36), vg.Points(2)
	return p
}
