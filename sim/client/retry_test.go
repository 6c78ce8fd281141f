package client_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim/client"
	"kinesim/sim/des"
)

// waits draws many waits before retry i = 0, 1 ….
func waits(p client.Retry, i int) []float64 {
	random := des.Stream(1, "test")
	drawn := make([]float64, 20_000)
	for n := range drawn {
		w, _ := p.Next(&client.Try{Attempt: i + 1, Random: random, Quota: new(client.Quota)})
		drawn[n] = w.Seconds()
	}
	return drawn
}

// TestJitter compares the mean and the spread of the waits with those of an even
// law on [low, high): a share of a thousandth of correct programs would fail one
// of the checks with another seed.
func TestJitter(t *testing.T) {
	full := client.Backoff{Base: 100 * ms, Max: 5 * second, Jitter: client.JitterFull, GiveUpAfter: time.Hour}
	equal, none := full, full
	equal.Jitter, none.Jitter = client.JitterEqual, client.JitterNone
	for _, c := range []struct {
		name      string
		policy    client.Retry
		retry     int
		low, high float64
	}{
		{"full", full, 0, 0, 0.1}, {"full", full, 3, 0, 0.8}, {"full, at the most", full, 6, 0, 5}, {"full, long after", full, 60, 0, 5},
		{"equal", equal, 0, 0.05, 0.1}, {"equal", equal, 2, 0.2, 0.4}, {"equal, at the most", equal, 9, 2.5, 5},
		{"sdk", client.SDKRetry{Attempts: 100}, 0, 0, 1}, {"sdk", client.SDKRetry{Attempts: 100}, 3, 0, 8}, {"sdk, at the most", client.SDKRetry{Attempts: 100}, 5, 0, 20}, {"sdk, long after", client.SDKRetry{Attempts: 100}, 70, 0, 20},
	} {
		t.Run(fmt.Sprint(c.name, c.retry), func(t *testing.T) {
			drawn := waits(c.policy, c.retry)
			if slices.Min(drawn) < c.low || slices.Max(drawn) >= c.high {
				t.Errorf("from %v to %v, want [%v, %v)", slices.Min(drawn), slices.Max(drawn), c.low, c.high)
			}
			mean, square := 0.0, 0.0
			for _, w := range drawn {
				u := (w - c.low) / (c.high - c.low)
				mean += u / float64(len(drawn))
				square += u * u / float64(len(drawn))
			}
			// Mean 1/2 with deviation √(1/12n); mean square 1/3 with deviation √(4/45n).
			n := float64(len(drawn))
			if z := (mean - 0.5) * math.Sqrt(12*n); math.Abs(z) > 3.5 {
				t.Errorf("mean %v deviations off", z)
			}
			if z := (square - 1./3) * math.Sqrt(45*n/4); math.Abs(z) > 3.5 {
				t.Errorf("mean square %v deviations off", z)
			}
		})
	}
	for i, want := range []float64{0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5} {
		if w, _ := none.Next(&client.Try{Attempt: i + 1}); w.Seconds() != want {
			t.Errorf("no jitter: wait %d is %v, want %v s", i, w, want)
		}
	}
}

func TestGivingUp(t *testing.T) {
	random := des.Stream(1, "test")
	backoff := client.Backoff{Base: 100 * ms, Max: second, Jitter: client.JitterNone, GiveUpAfter: 500 * ms}
	for _, c := range []struct {
		policy  client.Retry
		attempt int
		waited  time.Duration
		again   bool
	}{
		{client.NoRetry{}, 1, 0, false},
		{client.SDKRetry{Attempts: 3}, 2, time.Hour, true},
		{client.SDKRetry{Attempts: 3}, 3, 0, false},
		{client.SDKRetry{Attempts: 1}, 1, 0, false},
		{backoff, 1, 400 * ms, true}, // 400 + 100 ms is not later than 500 ms
		{backoff, 1, 400*ms + 1, false},
		{backoff, 3, 99 * ms, true},
		{backoff, 3, 101 * ms, false},
		{client.Forever{}, 1_000_000, 1000 * time.Hour, true},
	} {
		if _, again := c.policy.Next(&client.Try{Attempt: c.attempt, Waited: c.waited, Random: random, Quota: new(client.Quota)}); again != c.again {
			t.Errorf("%T after attempt %d and %v: again %v", c.policy, c.attempt, c.waited, again)
		}
	}
}

// one is a shard that takes one record a second and has one to begin with.
func one(l *model.Limits) { l.WriteRecordsPerSecond, l.WriteBurstRecords = 1, 1 }

// TestAttempts sends two records at 1 ms to a shard with room for one, and
// follows the other. Answers take 10 ms, and the next token is there at 1,001 ms.
func TestAttempts(t *testing.T) {
	pair := client.Put{Records: 2, Bytes: model.MiB, Linger: second}
	backoff := client.Backoff{Base: 100 * ms, Max: 400 * ms, Jitter: client.JitterNone, GiveUpAfter: second}
	patient := backoff
	patient.GiveUpAfter = 2 * second
	for _, c := range []struct {
		name     string
		retry    client.Retry
		instants []des.Time // of the attempts
		failed   int64
	}{
		{"none", client.NoRetry{}, []des.Time{at(1)}, 1},
		{"the SDKs do not resend entries", client.SDKRetry{Attempts: 3}, []des.Time{at(1)}, 1},
		// 11 + 100, 121 + 200, 331 + 400; at 741 ms the next would be 1,140 ms after the first.
		{"back-off that gives up", backoff, []des.Time{at(1), at(111), at(321), at(731)}, 1},
		{"back-off until it passes", patient, []des.Time{at(1), at(111), at(321), at(731), at(1141)}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(one)
			p := once(t, 2, pair)
			p.Retry = c.retry
			s.play(t, p, 10*second)
			var instants []des.Time
			for i, call := range s.calls {
				instants = append(instants, call.at)
				if call.attempt != i+1 || call.records != max(1, 2-i) {
					t.Errorf("attempt %d with %d records, want %d with %d", call.attempt, call.records, i+1, max(1, 2-i))
				}
			}
			if !slices.Equal(instants, c.instants) {
				t.Errorf("attempts at %v, want %v", instants, c.instants)
			}
			n := int64(len(c.instants))
			want := client.Tally{Offered: 2, OfferedBytes: 2000, Accepted: 2 - c.failed, Stored: 2 - c.failed, Failed: c.failed, Attempts: 1 + n, Throttled: n - 1 + c.failed}
			if got := s.producer.Total(); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

// TestForever sends again with each answer, until the token is there.
func TestForever(t *testing.T) {
	s := newStage(one)
	p := once(t, 2, client.Put{Records: 2, Bytes: model.MiB, Linger: second})
	p.Retry = client.Forever{}
	s.play(t, p, 10*second)
	rows := s.accepted()
	if len(rows) != 2 || rows[1].at != at(1001) || s.producer.Total().Attempts != 2+100 {
		t.Errorf("accepted %v after %d attempts", rows, s.producer.Total().Attempts)
	}
	s.producer.PutLatency.EndLap()
	if got := s.producer.PutLatency.Total().Max(); got != uint64(at(1010)) {
		t.Errorf("from the first sending to the answer that accepted took %v, want 1.01s", time.Duration(got))
	}
}

// TestRefusedPutRecord: the SDKs send it again, three times in all.
func TestRefusedPutRecord(t *testing.T) {
	s := newStage(func(l *model.Limits) {
		l.WriteRecordsPerSecond, l.WriteBurstRecords = 1, 1
		l.WriteBytesPerSecond = 1
		l.WriteBurstBytes = 1000
	})
	p := once(t, 3, client.Put{Single: true}) // the first takes all bytes for a quarter of an hour
	p.Retry = client.SDKRetry{Attempts: 3}
	s.play(t, p, 60*second)
	want := client.Tally{Offered: 3, OfferedBytes: 3000, Accepted: 1, Stored: 1, Failed: 2, Attempts: 7, Throttled: 6}
	if got := s.producer.Total(); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for _, c := range s.calls {
		if low, high := at(0), at(2+1000+2000+20); c.at < low || c.at > high {
			t.Errorf("attempt %d at %v: the waits are under 1 s and 2 s", c.attempt, c.at)
		}
	}
}

// TestOrderOfRefusedRecords: those refused together go again together, in their
// order, in a call of their own.
func TestOrderOfRefusedRecords(t *testing.T) {
	s := newStage(func(l *model.Limits) { l.WriteRecordsPerSecond, l.WriteBurstRecords = 10, 3 })
	p := once(t, 8, client.Put{Records: 8, Bytes: model.MiB, Linger: second})
	p.Size = rising{}
	p.Retry = client.Backoff{Base: 300 * ms, Max: 300 * ms, Jitter: client.JitterNone, GiveUpAfter: time.Hour}
	s.play(t, p, 10*second)
	var got []row
	for i, r := range s.accepted() {
		got = append(got, row{r.at, r.size - 1001 - int64(i)})
	}
	// Sent at 7, 317 and 627 ms; three tokens are there each time.
	var want []row
	for i := range 8 {
		want = append(want, row{at(7 + float64(i/3)*310), 0})
	}
	if !slices.Equal(got, want) {
		t.Errorf("instants, and sizes off the rising order: %v, want %v", got, want)
	}
}

// TestAnswersAfterTheEnd never came: their records are still waiting.
func TestAnswersAfterTheEnd(t *testing.T) {
	for retry, want := range map[client.Retry]client.Tally{
		client.NoRetry{}: {Offered: 2, OfferedBytes: 2000, Accepted: 1, Stored: 1, Waiting: 1, Attempts: 2, Throttled: 1},
		client.Backoff{Base: second, Max: second, Jitter: client.JitterNone, GiveUpAfter: time.Hour}: {Offered: 2, OfferedBytes: 2000, Accepted: 1, Stored: 1, Waiting: 1, Attempts: 2, Throttled: 1},
	} {
		s := newStage(one)
		p := once(t, 2, client.Put{Records: 2, Bytes: model.MiB, Linger: second})
		p.Retry = retry
		s.play(t, p, 11*ms) // the answer comes at 11 ms
		if got := s.producer.Total(); got != want {
			t.Errorf("%T: got %+v, want %+v", retry, got, want)
		}
		s.producer.PutLatency.EndLap()
		if n := s.producer.PutLatency.Total().Count(); n != 0 {
			t.Errorf("%T: %d latencies of answers that never came", retry, n)
		}
	}
}
