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

// TestLeaseTableRefuses: a consumer whose lease table refuses writes says so in its line.
func TestLeaseTableRefuses(t *testing.T) {
	r := hotKeySample()
	r.Consumers[0].KCL.TableThrottled = 3_814
	r.Faults[0].Recovery.LeaderLost = true
	text := string(written(t, "markdown", Build(r)))
	for _, want := range []string{"3,814 of 40,000 lease table writes refused, 3 leases changed hands", "the leader was among the dead"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
}
