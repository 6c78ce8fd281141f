package sim

import (
	"testing"
	"time"
)

// TestBins: there are at most 600 bins; fewer where many shards would be stopped for them, but
// none is made longer than a minute for that.
func TestBins(t *testing.T) {
	const apart = true
	for _, row := range []struct {
		duration time.Duration
		shards   int
		apart    bool
		want     time.Duration
	}{
		{20 * time.Second, 4, !apart, 100 * time.Millisecond},
		{10 * time.Minute, 4, !apart, time.Second},
		{10 * time.Minute, 10_000, !apart, time.Second},
		{10 * time.Minute, 2_500, apart, time.Second},
		{10 * time.Minute, 10_000, apart, 5 * time.Second},
		{2 * time.Hour, 1_000, apart, 15 * time.Second},
		{2 * time.Hour, 10_000, apart, time.Minute},
		{2 * time.Hour, 2_000_000, apart, time.Minute},
		{24 * time.Hour, 4, !apart, 5 * time.Minute},
		{24 * time.Hour, 10_000, apart, 5 * time.Minute},
		{20 * 365 * 24 * time.Hour, 4, !apart, 20*365*24*time.Hour/maxBins + 1},
	} {
		if got := stepFor(row.duration, binsFor(row.shards, row.apart)); got != row.want {
			t.Errorf("%v of %d shards, apart %v: bins of %v, want %v", row.duration, row.shards, row.apart, got, row.want)
		}
	}
}
