package workload

import (
	"math"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
)

// TestFlowOfRegularCountsWhatArises: over any spans, to the record. One that a ramp brings
// at the very edge of a span may arise just before it, as it counts in millionths.
func TestFlowOfRegularCountsWhatArises(t *testing.T) {
	const end, slack = des.Time(20 * time.Minute), des.Time(100)
	for name, rate := range shapes(t) {
		flow := Regular{}.Flow(rate)
		for _, width := range []des.Time{des.Time(time.Second), des.Time(7777777777), des.Time(90 * time.Second)} {
			got, sum := binned(arise(Regular{}, rate, 3, end, 1), width, end), int64(0)
			for i, n := range got {
				from := des.Time(i) * width
				if want := flow.Draw(from, min(end, from+width), nil); int64(n) != want && int64(n) != flow.Draw(max(0, from-slack), min(end, from+width)-slack, nil) && int64(n) != flow.Draw(from+slack, min(end, from+width)+slack, nil) {
					t.Fatalf("%s, [%v, %v): %d arise, the flow says %d", name, from, from+width, n, want)
				}
				sum += int64(n)
			}
			if all := flow.Draw(0, end, nil); sum != all {
				t.Errorf("%s: %d arise in all, the flow says %d", name, sum, all)
			}
		}
	}
}

// TestFlowHasTheMeanOfTheProcess: summed over many runs of the process, each span holds
// what the flow expects.
func TestFlowHasTheMeanOfTheProcess(t *testing.T) {
	const end, width, runs = des.Time(20 * time.Minute), des.Time(5 * time.Second), 40
	wave := Bursty{On: 10 * time.Second, Off: 50 * time.Second, Factor: 4}
	for name, rate := range shapes(t) {
		for _, arrivals := range []Arrivals{Poisson{}, wave} {
			flow, sums := arrivals.Flow(rate), make([]int, end/width)
			for run := range runs {
				for i, n := range binned(arise(arrivals, rate, 2, end, uint64(run)), width, end) {
					sums[i] += n
				}
			}
			for i, sum := range sums {
				from := des.Time(i) * width
				plausible(t, name, sum, runs*flow.Mean(from, from+width))
			}
		}
	}
}

// TestFlowBendsWhereTheRateDoes: between two bends, halves of a span have the same mean.
func TestFlowBendsWhereTheRateDoes(t *testing.T) {
	steps, err := Steps([]Step{{At: 0, Rate: model.PerSecond(20)}, {At: time.Minute, Rate: model.PerSecond(200)}, {At: 150 * time.Second, Rate: model.PerSecond(0)}})
	if err != nil {
		t.Fatal(err)
	}
	for _, arrivals := range []Arrivals{Regular{}, Poisson{}, Bursty{On: 7 * time.Second, Off: 13 * time.Second, Factor: 2}} {
		flow, bends := arrivals.Flow(steps), 0
		for at := des.Time(0); at < des.Time(5*time.Minute); bends++ {
			next := min(flow.Bend(at), des.Time(5*time.Minute))
			if next <= at {
				t.Fatalf("%T: a bend at %v after %v", arrivals, next, at)
			}
			middle := (at + next) / 2
			first, second := flow.Mean(at, middle), flow.Mean(middle, next)
			if math.Abs(first-second) > 1e-3*(first+second)+0.01 {
				t.Errorf("%T bends within [%v, %v): %v and %v", arrivals, at, next, first, second)
			}
			at = next
		}
		if bends < 3 {
			t.Errorf("%T: %d bends", arrivals, bends)
		}
	}
}
