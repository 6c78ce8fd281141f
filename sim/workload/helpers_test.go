package workload

import (
	"math"
	"testing"

	"kinesim/sim/des"
)

// arise plays arrivals until the end and gives the instants of all clients, each
// client's in order.
func arise(a Arrivals, rate Rate, clients int, end des.Time, seed uint64) []des.Time {
	var all []des.Time
	chunk := make([]des.Time, 1000)
	for client := range clients {
		process := a.Start(rate, EvenPart(client, clients), des.Stream(seed, "arrivals"+string(rune('0'+client))))
		for n := len(chunk); n == len(chunk); {
			n = process.Fill(chunk)
			for _, at := range chunk[:n] {
				if at >= end {
					n = 0
					break
				}
				all = append(all, at)
			}
		}
	}
	return all
}

// binned counts instants by spans of a width.
func binned(instants []des.Time, width, end des.Time) []int {
	bins := make([]int, (end+width-1)/width)
	for _, at := range instants {
		bins[at/width]++
	}
	return bins
}

// plausible fails unless a Poisson count lies within 4.5 standard deviations of
// its mean, which 7 in a million do not; seeds are fixed, so it passes always or
// never.
func plausible(t *testing.T, what string, got int, mean float64) {
	t.Helper()
	if math.Abs(float64(got)-mean) > 4.5*math.Sqrt(mean)+1 {
		t.Errorf("%s: %d records, theory says %.1f ± %.1f", what, got, mean, math.Sqrt(mean))
	}
}
