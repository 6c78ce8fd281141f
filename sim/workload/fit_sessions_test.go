package workload

import (
	"math"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
)

// keyed draws records of a law: their instants and keys.
func keyed(seed uint64, law Arrivals, keys Keys, rate int64, span time.Duration) (times []time.Duration, key []int32) {
	process := law.Start(Constant(model.PerSecond(rate)), EvenPart(0, 1), des.Stream(seed, "arrivals"))
	space, random := NewKeySpace(keys, nil), des.Stream(seed, "keys")
	keeps, _ := process.(Keeper)
	at := make([]des.Time, 200)
	for {
		number, hash := make([]int32, len(at)), make([]model.HashKey, len(at))
		n := process.Fill(at)
		space.Draw(number[:n], hash[:n], make([]uint32, n), at[:n], random, keeps)
		for i := range n {
			if at[i] >= des.Time(span) {
				return times, key
			}
			times, key = append(times, time.Duration(at[i])), append(key, number[i])
		}
	}
}

// TestFitSessions finds sessions and the law of their keys, and none where there are none.
func TestFitSessions(t *testing.T) {
	keys := Ranked{S: 0.9, Count: 300, Prefix: "k-"}
	wave := Bursty{On: 5 * time.Second, Off: 15 * time.Second, Factor: 3}
	for name, c := range map[string]struct {
		law     Arrivals
		records float64
		gap     float64
	}{
		"independent": {law: Poisson{}}, "wave": {law: wave},
		"sessions": {Sessions{Poisson{}, 3, 2 * time.Second}, 3, 2},
		"long":     {Sessions{Poisson{}, 12, 500 * time.Millisecond}, 12, 0.5},
		"waves":    {Sessions{wave, 4, time.Second}, 4, 1},
	} {
		times, key := keyed(4, c.law, keys, 30, 20*time.Minute)
		fit := FitSessions(times, key, keys.Count, time.Millisecond)
		if fit.Found != (c.records > 0) {
			t.Errorf("%s: %+v", name, fit)
			continue
		}
		counts := make([]int64, keys.Count)
		for _, k := range key {
			counts[k]++
		}
		seen := counts[:0]
		for _, n := range counts {
			if n > 0 {
				seen = append(seen, n)
			}
		}
		law := FitKeys(seen, fit)
		if law.Kind != "zipf" {
			t.Errorf("%s: keys are taken for %+v", name, law)
		}
		inside(t, name+" s", law.S, keys.S)
		if fit.Found {
			inside(t, name+" records", fit.Records, c.records)
			inside(t, name+" gap", fit.Gap, c.gap)
			if wide := fit.Records.High - fit.Records.Low; wide > fit.Records.Value {
				t.Errorf("%s: the interval %+v says nothing", name, fit.Records)
			}
		}
	}
	if fit := FitSessions(nil, nil, 0, time.Second); fit.Found {
		t.Errorf("nothing has sessions: %+v", fit)
	}
}

// TestFitFewSessions: among few records, the shortest spans have a pair or none by chance,
// and that ends no search; and what the sessions add to the pairs is not taken for chance,
// which would make them a fifth too short.
func TestFitFewSessions(t *testing.T) {
	keys := Ranked{S: 0.3, Count: 200, Prefix: "k-"}
	records, intervals := 0.0, 0
	for seed := range uint64(20) {
		for _, law := range []Arrivals{Poisson{}, Sessions{Poisson{}, 4, 3 * time.Second}} {
			times, key := keyed(seed, law, keys, 8, 7*time.Minute)
			fit := FitSessions(times, key, keys.Count, time.Millisecond)
			if _, in := law.(Sessions); fit.Found != in {
				t.Errorf("seed %d: %d records of %T: sessions found: %v", seed, len(times), law, !in)
			}
			if fit.Found {
				records += fit.Records.Value / 20
				if fit.Records.Low <= 4 && fit.Records.High >= 4 {
					intervals++
				}
			}
		}
	}
	if math.Abs(records-4) > 0.3 || intervals < 14 { // that few sessions fill 95 % intervals to four fifths
		t.Errorf("sessions of 4 records have %.2f in the mean, and %d of 20 intervals have it", records, intervals)
	}
}

// TestFitKeysOfSessions: a few long sessions of even keys are not taken for a skew.
func TestFitKeysOfSessions(t *testing.T) {
	times, key := keyed(7, Sessions{Poisson{}, 10, time.Second}, Ranked{Count: 200, Prefix: "k-"}, 20, 20*time.Minute)
	counts := make([]int64, 200)
	for _, k := range key {
		counts[k]++
	}
	if law := FitKeys(counts, SessionFit{}); law.S.Low < 0.1 {
		t.Errorf("without a word of sessions the keys seem as even as they are: %+v", law)
	}
	law := FitKeys(counts, FitSessions(times, key, 200, time.Millisecond))
	if law.S.Low > 0.02 {
		t.Errorf("keys are taken for uneven: %+v", law)
	}
	inside(t, "count", law.Count, 200)
}
