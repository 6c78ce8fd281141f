package workload_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// sessioned draws the records of sessions for so long: instants, and numbers of keys.
func sessioned(t *testing.T, law workload.Sessions, rate int64, keys workload.Keys, span time.Duration, chunk int) (at []des.Time, key []int32, hash []model.HashKey) {
	t.Helper()
	process := law.Start(workload.Constant(model.PerSecond(rate)), workload.EvenPart(0, 1), des.Stream(5, "arrivals"))
	space, random := workload.NewKeySpace(keys, nil), des.Stream(5, "keys")
	for {
		times := make([]des.Time, chunk)
		times = times[:process.Fill(times)]
		numbers, hashes := make([]int32, len(times)), make([]model.HashKey, len(times))
		space.Draw(numbers, hashes, make([]uint32, len(times)), times, random, process.(workload.Keeper))
		for i, x := range times {
			if x >= des.Time(span) {
				return at, key, hash
			}
			at, key, hash = append(at, x), append(key, numbers[i]), append(hash, hashes[i])
		}
	}
}

// TestSessions: with a key for each session, what has one key is a session: their number,
// lengths and gaps are those of the laws, and the records those of the rate.
func TestSessions(t *testing.T) {
	law := workload.Sessions{Of: workload.Poisson{}, Records: 4, Gap: 3 * time.Second}
	const rate, span = 200, 20 * time.Minute
	at, _, hash := sessioned(t, law, rate, workload.Unique{}, span, 100)
	if !slices.IsSorted(at) {
		t.Error("records are not in the order of time")
	}
	// The first come late, by the mean of a session's later records: (4−1)·3 s.
	want := rate * (span.Seconds() - 9)
	if n := float64(len(at)); math.Abs(n-want) > 5*math.Sqrt(want*7) { // the variance of a geometric sum is (2·4−1) times its mean
		t.Errorf("%v records, want about %v", n, want)
	}
	last, count, gaps, sum := map[model.HashKey]des.Time{}, map[model.HashKey]int{}, 0, 0.0
	for i, h := range hash {
		if count[h]++; count[h] > 1 {
			gaps++
			sum += (at[i] - last[h]).Seconds()
		}
		last[h] = at[i]
	}
	if mean := float64(len(at)) / float64(len(count)); math.Abs(mean-4) > 0.1 {
		t.Errorf("a session has %v records in the mean, want 4", mean)
	}
	if mean := sum / float64(gaps); math.Abs(mean-3) > 0.1 {
		t.Errorf("gaps are %v s in the mean, want 3", mean)
	}
	once := 0
	for _, n := range count {
		if n == 1 {
			once++
		}
	}
	if share := float64(once) / float64(len(count)); math.Abs(share-0.25) > 0.02 {
		t.Errorf("%v of sessions have one record, want 1/4", share)
	}
}

// TestSessionsKeepShares: a key has the share of records that its law says, as sessions
// are alike; and how many records are drawn at a time changes nothing.
func TestSessionsKeepShares(t *testing.T) {
	law := workload.Sessions{Of: workload.Bursty{On: time.Second, Off: 4 * time.Second, Factor: 3}, Records: 2.5, Gap: 200 * time.Millisecond}
	keys := workload.Ranked{S: 1, Count: 20, Prefix: "k-"}
	at, key, _ := sessioned(t, law, 500, keys, 10*time.Minute, 64)
	again, same, _ := sessioned(t, law, 500, keys, 10*time.Minute, 64)
	if !slices.Equal(at, again) || !slices.Equal(key, same) {
		t.Error("two runs of one seed differ")
	}
	other, _, _ := sessioned(t, law, 500, keys, 10*time.Minute, 7)
	if !slices.Equal(at, other) {
		t.Error("instants hang on how many are asked for at a time")
	}
	count, total := make([]float64, 20), 0.0
	for i := range count {
		total += keys.Weight(i)
	}
	for _, k := range key {
		count[k]++
	}
	for i, n := range count {
		want := keys.Weight(i) / total * float64(len(key))
		if math.Abs(n-want) > 5*math.Sqrt(want*4) { // (2·2.5−1)
			t.Errorf("key %d has %v records, want about %v", i, n, want)
		}
	}
}
