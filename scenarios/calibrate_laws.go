package scenarios

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"kinesim/model"
	"kinesim/sim/workload"
)

// fitArrivals fits a law of arrivals, and gives it as a scenario has it as well.
func (c *Calibration) fitArrivals(counts []int64, width time.Duration, sessions workload.SessionFit) (law string, fit workload.ArrivalFit) {
	fit = workload.FitArrivals(counts, width, sessions)
	f := Fit{Of: "arrivals", Law: fit.Kind, Parameters: []Parameter{{"dispersion", "", fit.Dispersion}}}
	law = fit.Kind
	what := fmt.Sprintf("counts in bins of %s vary %.3g times as much as those of poisson would", Duration(fit.Bin), fit.Dispersion.Value)
	switch {
	case fit.Kind == "bursty":
		law = fmt.Sprintf("{bursty: {on: %s, off: %s, factor: %s}}", Duration(fit.On), Duration(fit.Off),
			strconv.FormatFloat(math.Floor(min(fit.Factor.Value, float64(fit.On+fit.Off)/float64(fit.On))*1000)/1000, 'f', -1, 64))
		seconds := func(name string, d time.Duration) Parameter {
			grain := fit.Grain.Seconds()
			return Parameter{name, "s", workload.Estimate{Value: d.Seconds(), Low: max(0, d.Seconds()-grain), High: d.Seconds() + grain}}
		}
		f.Parameters = append(f.Parameters, seconds("on", fit.On), seconds("off", fit.Off), Parameter{"factor", "", fit.Factor})
		if fit.Phase > fit.Grain {
			what += fmt.Sprintf("; the first burst begins at %s, that of the scenario with the run", Duration(fit.Phase.Round(time.Millisecond)))
		}
	case fit.Dispersion.Low > 1.2 && sessions.Found:
		what += "; its sessions make bursts, which have no one length"
	case fit.Dispersion.Low > 1.2:
		what += "; it has bursts, but no wave of one length: play the records themselves (import records) where that matters"
	case fit.Kind == "poisson" && math.IsInf(fit.Dispersion.High, 0):
		what = "too few records to tell; poisson is assumed"
		f.Parameters = nil
	}
	f.Doubt = what
	c.Fits = append(c.Fits, f)
	return law, fit
}

// fitSizes fits a law of sizes.
func (c *Calibration) fitSizes(l *fittedLaws, sizes []uint32, of string) {
	number := map[uint32]int64{}
	for _, size := range sizes {
		number[size]++
	}
	var counts []workload.SizeCount
	for size, n := range number {
		counts = append(counts, workload.SizeCount{Size: model.Bytes(size), Count: n})
	}
	fit := workload.FitSizes(counts)
	f := Fit{Of: "size" + of, Law: fit.Kind, Parameters: []Parameter{{"p50", "B", fit.P50}, {"p99", "B", fit.P99}},
		Doubt: fmt.Sprintf("cumulative shares are at most %.1f %% off", 100*fit.Distance)}
	switch law := fit.Law.(type) {
	case workload.ConstantSize:
		l.size, f.Parameters, f.Doubt = fmt.Sprintf("%dB", law), f.Parameters[:1], "all are alike"
	case workload.UniformSize:
		l.size = fmt.Sprintf("{uniform: {min: %dB, max: %dB}}", law.Min, law.Max)
	case workload.LognormalSize:
		l.size = fmt.Sprintf("{lognormal: {p50: %dB, p99: %dB, max: %dB}}", law.P50, law.P99, law.Max)
	case workload.HistogramSize:
		l.size = "{histogram: [" + histogramText(law) + "]}"
		f.Doubt = "no simple law is near: the sizes stand as they are"
	}
	c.Fits = append(c.Fits, f)
}

// histogramText writes sizes with shares that add up to all.
func histogramText(h workload.HistogramSize) string {
	weights, sum := make([]weightedKey, len(h)), 0.0
	for i, s := range h {
		weights[i].weight = s.Weight
		sum += s.Weight
	}
	var parts []string
	for i, share := range sharesOf(weights, sum) {
		parts = append(parts, fmt.Sprintf("{size: %dB, share: %s}", h[i].Size, share))
	}
	return strings.Join(parts, ", ")
}

// lateAge is from which age on a reader is behind for want of speed and not for its polls.
const lateAge = 15_000 // ms

// fitProcessing finds how fast readers were while they were behind: then they read as
// fast as they can. What they read between two data points is what had arrived
// between the two instants whose records they were at: the data point's time less the age.
func (c *Calibration) fitProcessing(d *draft) {
	ages := d.load.stream["GetRecords.IteratorAgeMilliseconds"]
	if ages == nil {
		ages = d.load.stream["IteratorAgeMilliseconds"]
	}
	if ages == nil || d.load.records() == nil {
		c.lack("processing: it takes IncomingRecords and GetRecords.IteratorAgeMilliseconds over a time in which a reader fell behind")
		return
	}
	var n int64
	switch {
	case d.shards.open != nil:
		n = int64(len(d.shards.open))
	case d.count > 0:
		n = d.count
	default:
		c.lack("processing: no file says how many shards there are; add describe-stream-summary or list-shards")
		return
	}
	speeds := d.load.speeds(ages, float64(n))
	if len(speeds) < 3 {
		c.lack("processing: the reader was never behind for long, so it is faster than what arrived: at most %s a record", Duration(time.Duration(1e9*float64(n)/max(1e-9, d.load.slowestPeak()))).roughly())
		return
	}
	mean, square := 0.0, 0.0
	for _, x := range speeds {
		mean += x / float64(len(speeds))
	}
	for _, x := range speeds {
		square += (x - mean) * (x - mean)
	}
	k := float64(len(speeds))
	// Data points next to each other share an age, so their errors are not independent.
	deviation := math.Sqrt(square/(k-1)/k)*1.5 + mean*0.01
	low, high := 1e6/(mean+1.96*deviation), 1e6/max(1e-9, mean-1.96*deviation)
	d.processing = fmt.Sprintf("{per_record: %dns}", int64(math.Round(1e9/mean)))
	c.Fits = append(c.Fits, Fit{Of: "processing", Law: "per_record", Parameters: []Parameter{{"per_record", "us", workload.Estimate{Value: 1e6 / mean, Low: low, High: high}}},
		Doubt: fmt.Sprintf("from %s in which the reader was behind; all shards are taken to be loaded alike, and what a batch takes is within per_record", count(len(speeds), "period"))})
}

// roughly is a duration to three digits.
func (d Duration) roughly() Duration {
	unit := time.Duration(1)
	for time.Duration(d)/unit >= 1000 {
		unit *= 10
	}
	return Duration(time.Duration(d).Round(unit))
}

// slowestPeak is the highest mean rate of a period.
func (l *loadSeries) slowestPeak() float64 {
	records, _ := l.busiest()
	return records
}

// speeds are the records a second that a shard's reader took while it was behind.
func (l *loadSeries) speeds(ages *metricSeries, shards float64) (speeds []float64) {
	s := l.records()
	arrived := func(t float64) (sum float64) { // by a time, in ns since 1970
		for _, p := range s.points {
			part := (t - float64(p.at)) / float64(s.period)
			sum += p.value * min(1, max(0, part))
		}
		return sum
	}
	for i := 1; i < len(ages.points); i++ {
		a, b := ages.points[i-1], ages.points[i]
		if a.value < lateAge || b.value < lateAge || b.at-a.at != ages.period {
			continue
		}
		end := float64(ages.period) // a maximum over a period is about that of its end while ages grow, of its beginning while they fall
		if b.value < a.value {
			end = 0
		}
		read := arrived(float64(b.at)+end-b.value*1e6) - arrived(float64(a.at)+end-a.value*1e6)
		if i+1 < len(ages.points) && (b.value-a.value)*(ages.points[i+1].value-b.value) < 0 {
			continue // at the peak the two ends are not of one kind
		}
		if read > 0 {
			speeds = append(speeds, read/ages.period.Seconds()/shards)
		}
	}
	return speeds
}
