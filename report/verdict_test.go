package report

import "testing"

// TestTimes: a load that is more than what there is does not read as what there is.
func TestTimes(t *testing.T) {
	for load, want := range map[float64]string{0: "more than", 1.0016: "slightly more than", 1.01: "1.01 times", 1.48: "1.48 times", 12: "12 times"} {
		if got := times(load); got != want {
			t.Errorf("%v is %q, want %q", load, got, want)
		}
	}
}
