package workload

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
)

// distance is the Kolmogorov–Smirnov distance of sorted values from a law.
func distance(values []float64, law func(float64) float64) (d float64) {
	n := float64(len(values))
	for i, x := range values {
		f := law(x)
		d = max(d, f-float64(i)/n, float64(i+1)/n-f)
	}
	return d
}

// critical is what a distance of n true draws exceeds once in a thousand seeds.
func critical(n int) float64 { return 1.95 / math.Sqrt(float64(n)) }

// before are the instants of one process before end.
func before(p Process, end des.Time) (all []des.Time) {
	buffer := make([]des.Time, 64)
	for {
		n := p.Fill(buffer)
		for _, at := range buffer[:n] {
			if at >= end {
				return all
			}
			all = append(all, at)
		}
		if n < len(buffer) {
			return all
		}
	}
}

// ragged has every kind of piece, some so short that most gaps cross several.
func ragged(t *testing.T) ([]Step, des.Time) {
	t.Helper()
	var steps []Step
	at := time.Duration(0)
	for i, hz := range []int64{200, 50, 0, 400, 5, 900, 0, 3, 700} {
		s := Step{At: at, Rate: model.PerSecond(hz)}
		if i%2 == 1 {
			s.Ramp = time.Duration(i) * 5 * time.Second
		}
		steps = append(steps, s)
		at += s.Ramp + time.Duration(10*i+1)*time.Second
	}
	for i := range 400 { // alternating, with a mean of half a record in each
		steps = append(steps, Step{At: at, Rate: model.PerSecond(int64(i % 3 * 10)), Ramp: 20 * time.Millisecond})
		at += 50 * time.Millisecond
	}
	return steps, des.Time(at)
}

// TestPoissonLaw: measured on a clock that runs with the rate's integral, any
// Poisson process has exponential gaps of mean 1. The clock is the closed form of
// the steps, so a gap that is drawn wrongly where a piece ends or in a ramp shows.
func TestPoissonLaw(t *testing.T) {
	const seed = 51
	steps, end := ragged(t)
	r, err := Steps(steps)
	if err != nil {
		t.Fatal(err)
	}
	for _, clients := range []int{1, 8} {
		var gaps []float64
		for c := range clients {
			p := Poisson{}.Start(r, EvenPart(c, clients), des.Stream(seed, fmt.Sprint("arrivals/", c)))
			last := 0.0
			for _, at := range before(p, end) {
				now := integral(steps, at.Seconds()) / float64(clients)
				gaps = append(gaps, now-last)
				last = now
			}
		}
		slices.Sort(gaps)
		if d := distance(gaps, func(x float64) float64 { return -math.Expm1(-x) }); d > critical(len(gaps)) {
			t.Errorf("seed %d, %d clients: %d gaps are %v from the exponential law, at most %v", seed, clients, len(gaps), d, critical(len(gaps)))
		}
	}
}

// TestPoissonRamp: within a ramp the records lie as its rate does: in one that
// rises from 0, half of them in the last 29 % of the time; in one that falls, in
// the first.
func TestPoissonRamp(t *testing.T) {
	const seed, top, span = 52, 2000, 100.0
	r, err := Steps([]Step{
		{Rate: model.PerSecond(top), Ramp: 100 * time.Second},
		{At: 100 * time.Second, Ramp: 100 * time.Second},
	})
	if err != nil {
		t.Fatal(err)
	}
	var up, down []float64
	for _, at := range before(Poisson{}.Start(r, EvenPart(0, 1), des.Stream(seed, "arrivals")), des.Forever) {
		if x := at.Seconds() / span; x < 1 {
			up = append(up, x)
		} else {
			down = append(down, x-1)
		}
	}
	for name, half := range map[string][]float64{"up": up, "down": down} {
		want := top * span / 2
		if n := float64(len(half)); math.Abs(n-want) > 4*math.Sqrt(want) {
			t.Errorf("seed %d, %s: %v records, want %v", seed, name, n, want)
		}
		law := func(x float64) float64 { return x * x }
		if name == "down" {
			law = func(x float64) float64 { return 1 - (1-x)*(1-x) }
		}
		if d := distance(half, law); d > critical(len(half)) {
			t.Errorf("seed %d, %s: distance %v, at most %v", seed, name, d, critical(len(half)))
		}
	}
}

// TestPoissonClientsAreIndependent: the number of one client's records in a second
// says nothing about the other's.
func TestPoissonClientsAreIndependent(t *testing.T) {
	const seed, seconds = 53, 5000
	var counts [2][seconds]float64
	for c := range counts {
		p := Poisson{}.Start(Constant(model.PerSecond(20)), EvenPart(c, 2), des.Stream(seed, fmt.Sprint("client/", c)))
		for _, at := range before(p, seconds*1e9) {
			counts[c][at/1e9]++
		}
	}
	product := 0.0
	for i := range seconds {
		product += (counts[0][i] - 10) * (counts[1][i] - 10)
	}
	if z := product / 10 / math.Sqrt(seconds); math.Abs(z) > 3.5 {
		t.Errorf("seed %d: the correlation is %v deviations off zero", seed, z)
	}
}
