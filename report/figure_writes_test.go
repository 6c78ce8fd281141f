package report

import (
	"strings"
	"testing"
)

// TestWritesAgainstTheCapacityOfTheTime: what was offered is held against what the shards
// took then, not against what they took once there were more of them; and where one limit
// was passed, the figure of the other does not wonder.
func TestWritesAgainstTheCapacityOfTheTime(t *testing.T) {
	r := steadySample()
	s := &r.Series.Stream
	for i := range r.Series.Bins {
		s.OfferedRecords[i], s.OfferedBytes[i] = 1500, 1500*700
		s.CapacityRecordsPerS[i], s.CapacityBytesPerS[i] = 3000, 3<<20
		switch {
		case i >= 400: // twice the shards, for a load that they would have refused before
			s.OfferedRecords[i], s.CapacityRecordsPerS[i], s.CapacityBytesPerS[i] = 5000, 6000, 6<<20
		case i >= 200 && i < 300:
			s.OfferedRecords[i], s.ThrottledRecords[i], s.ThrottledBytes[i] = 4500, 1500, 1500*700
		}
	}
	titles := map[string]string{}
	for _, f := range Build(r).Figures {
		titles[f.ID] = f.Title
	}
	if got, want := titles["writes-records"], "4,500 records/s offered at 3m20s (18:03), more than the 3,000 records/s that all shards took then"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := titles["writes-bytes"]; !strings.HasSuffix(got, "refused, as there were too many records: of bytes never more than 33.4 % of what all shards take was offered") {
		t.Errorf("%q", got)
	}
}

// TestShardAt: a shard is named where one alone was there all the while.
func TestShardAt(t *testing.T) {
	b := builder{r: changingSample()}
	var split float64
	for _, s := range b.r.Shards {
		if s.ClosedAtS != nil {
			split = *s.ClosedAtS
		}
		for _, at := range []float64{s.OpenedAtS, s.OpenedAtS + 1} {
			middle := (hashShare(s.StartingHashKey) + hashShare(s.EndingHashKey)) / 2
			if got := b.shardAt(middle, at, at+.5); got != shardNumber(s.ID) {
				t.Errorf("%s at %v: %q", s.ID, at, got)
			}
		}
	}
	if split == 0 {
		t.Fatal("nothing changes")
	}
	all := ""
	for share := .07; share < 1; share += .1 {
		all += b.shardAt(share, split-1, split+1)
		if b.shardAt(share, split-1, split) == "" {
			t.Errorf("nobody at %v", share)
		}
	}
	if len(all) >= 10 {
		t.Errorf("each of %s was there before and after a change", all)
	}
}

// TestBeyondThePicture: what a picture shows up to its top is not said to be beyond it, though it
// is more than the axis was made for.
func TestBeyondThePicture(t *testing.T) {
	for attempts, want := range map[int64]bool{12_400: false, 40_000: true} {
		r := steadySample()
		s := &r.Series.Stream
		for i := range r.Series.Bins {
			s.CapacityRecordsPerS[i], s.ThrottledRecords[i] = 3000, 10_000
		}
		s.ThrottledRecords[7] = attempts
		for _, f := range Build(r).Figures {
			if f.ID != "writes-records" {
				continue
			}
			named := false
			for _, series := range f.Chart.Series {
				named = named || strings.Contains(series.Name, "beyond the picture")
			}
			if most := float64(attempts) / r.Series.StepS; named != want || named != (most > f.Chart.Y.Max) {
				t.Errorf("%d attempts a bin, axis up to %v: beyond the picture %v", attempts, f.Chart.Y.Max, named)
			}
		}
	}
}
