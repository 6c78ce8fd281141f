package report

import (
	"strings"
	"testing"
)

// TestFaultsTogether: where two faults of a consumer overlap, each says that what came
// twice is not its own alone.
func TestFaultsTogether(t *testing.T) {
	r := withHardships(steadySample())
	alone := r.Faults[len(r.Faults)-1]
	for from, want := range map[float64]int{alone.FromS + 100: 2, alone.ToS + 3_000: 0} {
		r.Faults = append(r.Faults[:0:0], alone, alone)
		r.Faults[1].FromS, r.Faults[1].ToS = from, from+10
		if n := strings.Count(string(written(t, "text", Build(r))), "other faults"); n != want {
			t.Errorf("a second fault at %v s: %d of the two speak of the other, want %d", from, n, want)
		}
	}
}
