package client_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// patiently resends with each answer plus 100 ms.
var patiently = client.Backoff{Base: 100 * ms, Max: 100 * ms, Jitter: client.JitterNone, GiveUpAfter: time.Hour}

// TestTimeout: a call that takes 10 ms is written, but a client that waits only 5
// takes it for failed and writes it again, until it is answered in time: here the
// service takes ten times as long up to 200 ms, and then 1 ms.
func TestTimeout(t *testing.T) {
	s := newStage(func(l *model.Limits) { l.PutLatency = model.Constantly(ms) })
	s.faults = []client.Fault{{To: at(200), SlowPuts: 10}}
	p := once(t, 2, client.Put{Records: 2, Bytes: model.MiB, Linger: second, Timeout: 5 * ms})
	p.Retry = patiently
	s.play(t, p, 10*second)
	// Sent at 1 ms, and then 5 + 100 ms after each sending: 106 and 211 ms.
	want := client.Tally{Offered: 2, OfferedBytes: 2000, Accepted: 2, Attempts: 6, Stored: 6, Duplicates: 4}
	if got := s.producer.Total(); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	var instants []des.Time
	for _, r := range s.accepted() {
		instants = append(instants, r.at)
	}
	if want := []des.Time{at(1), at(1), at(106), at(106), at(211), at(211)}; !slices.Equal(instants, want) {
		t.Errorf("stored at %v, want %v", instants, want)
	}
	s.producer.PutLatency.EndLap()
	if got := s.producer.PutLatency.Total(); got.Count() != 2 || got.Max() != uint64(at(211)) {
		t.Errorf("%d records accepted after at most %v", got.Count(), time.Duration(got.Max()))
	}
}

// TestUnconfirmed: who gives up after a timeout takes records for lost that the
// stream has.
func TestUnconfirmed(t *testing.T) {
	s := newStage(nil)
	p := once(t, 3, client.Put{Records: 3, Bytes: model.MiB, Linger: second, Timeout: 5 * ms})
	s.play(t, p, 10*second)
	want := client.Tally{Offered: 3, OfferedBytes: 3000, Failed: 3, Unconfirmed: 3, Attempts: 3, Stored: 3}
	if got := s.producer.Total(); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestUnavailable: while the service is away, whole calls fail; the SDKs repeat
// these, and nothing is written meanwhile.
func TestUnavailable(t *testing.T) {
	s := newStage(nil)
	s.faults = []client.Fault{{From: 0, To: at(5000), Unavailable: true}}
	p := once(t, 2, client.Put{Records: 2, Bytes: model.MiB, Linger: second})
	p.Retry = client.SDKRetry{Attempts: 100, Mode: client.SDKStandard}
	s.play(t, p, 300*second)
	got := s.producer.Total()
	if got.Accepted != 2 || got.Stored != 2 || got.Failures != got.Attempts-2 || got.Throttled != 0 {
		t.Errorf("got %+v", got)
	}
	if first := s.accepted()[0].at; first < at(5000) {
		t.Errorf("stored at %v, while the service was away", first)
	}
}

// TestInternalFailure: the share of entries that fail is the one that is asked
// for, and they are sent again as refused ones are, without being throttled.
func TestInternalFailure(t *testing.T) {
	const share = 0.3
	s := newStage(nil)
	s.faults = []client.Fault{{To: des.Forever, Internal: share}}
	p := app(900, client.Put{Records: 30, Bytes: model.MiB, Linger: second})
	p.Retry = patiently
	s.play(t, p, 200*second)
	got := s.producer.Total()
	n := float64(got.Attempts)
	if off := float64(got.Failures)/n - share; math.Abs(off) > 4*math.Sqrt(share*(1-share)/n) || got.Throttled+got.Failed > 0 {
		t.Errorf("got %+v: share off by %v", got, off)
	}
}

// TestStalledShard: one of four shards fails; the others do not notice.
func TestStalledShard(t *testing.T) {
	for name, stall := range map[string]client.Stall{"by name": {Shard: 0}, "the hottest": {Hottest: true}} {
		s := newStage(nil)
		s.faults = []client.Fault{{From: at(1000), To: at(3000), Stall: &stall}}
		p := app(100, client.Put{Records: 10, Bytes: model.MiB, Linger: second})
		s.play(t, p, 10*second) // the stage has one shard, and that is it
		want := client.Tally{Offered: 1000, OfferedBytes: 1e6, Accepted: 800, Stored: 800, Failed: 200, Attempts: 1000, Failures: 200}
		if got := s.producer.Total(); got != want {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
}

// TestQuota: a client in standard mode has 500 tokens, of which a retry takes 5 or,
// after a timeout, 10; a success gives back what its last retry took, or one. The
// legacy mode has no quota.
func TestQuota(t *testing.T) {
	for _, c := range []struct {
		mode    client.SDKMode
		try     client.Try
		retries int
	}{
		{client.SDKStandard, client.Try{Throttled: true}, 100},
		{client.SDKStandard, client.Try{Timeout: true}, 50},
		{client.SDK2026, client.Try{Throttled: true}, 100},
		{client.SDK2026, client.Try{}, 35},
		{client.SDKLegacy, client.Try{Throttled: true}, 1000},
	} {
		c.try.Attempt, c.try.Quota, c.try.Random = 1, new(client.Quota), des.Stream(1, "quota")
		n := 0
		for ; n < 1000; n++ {
			if _, ok := (client.SDKRetry{Attempts: 3, Mode: c.mode}).Next(&c.try); !ok {
				break
			}
		}
		if n != c.retries {
			t.Errorf("%s, %+v: %d retries without a success, want %d", c.mode, c.try, n, c.retries)
		}
	}
}

// TestQuotaEmpties: with every call refused, a client of 3 attempts sends 100
// retries and then none, until successes have filled its quota again.
func TestQuotaEmpties(t *testing.T) {
	s := newStage(func(l *model.Limits) { l.WriteBytesPerSecond, l.WriteBurstBytes = 1, 1 })
	p := app(100, client.Put{Single: true})
	p.Retry = client.SDKRetry{Attempts: 3, Mode: client.SDKStandard}
	s.play(t, p, 60*second)
	got := s.producer.Total()
	if retries := got.Attempts - got.Offered; retries != 100 {
		t.Errorf("%d retries of %d records, want 100", retries, got.Offered)
	}
}

// TestModeOf2026 waits from 50 ms on after a failure, from a second on after
// throttling.
func TestModeOf2026(t *testing.T) {
	longest := func(throttled bool, attempt int) time.Duration {
		most := time.Duration(0)
		for i := range 5000 {
			w, _ := client.SDKRetry{Attempts: 100, Mode: client.SDK2026}.Next(&client.Try{
				Attempt: attempt, Throttled: throttled, Quota: new(client.Quota), Random: des.Stream(uint64(i), "x"),
			})
			most = max(most, w)
		}
		return most
	}
	for _, c := range []struct {
		throttled bool
		attempt   int
		want      time.Duration
	}{{false, 1, 50 * ms}, {false, 4, 400 * ms}, {true, 1, second}, {true, 3, 4 * second}, {true, 60, 20 * second}} {
		if got := longest(c.throttled, c.attempt); got > c.want || got < c.want*99/100 {
			t.Errorf("throttled %v, attempt %d: at most %v, want %v", c.throttled, c.attempt, got, c.want)
		}
	}
}

// TestReordered: of ten records of one key in a call, three pass and seven go
// again. Those of a second call pass before them, so all seven are overtaken.
func TestReordered(t *testing.T) {
	s := newStage(func(l *model.Limits) { l.WriteRecordsPerSecond, l.WriteBurstRecords = 100, 3 })
	p := once(t, 20, client.Put{Records: 10, Bytes: model.MiB, Linger: second})
	p.Retry = client.Backoff{Base: second, Max: second, Jitter: client.JitterNone, GiveUpAfter: time.Hour}
	s.play(t, p, 100*second)
	if got := s.producer.Total(); got.Accepted != 20 || got.Reordered == 0 || got.Reordered > got.Throttled {
		t.Errorf("got %+v", got)
	}
	// Sent at 9 and 19 ms. The first three tokens go to records 0–2, one that
	// comes in the 10 ms to record 10; from 1,019 ms on the late ones follow.
	if got, want := s.producer.Total().Reordered, overtaken(s, t); got != want {
		t.Errorf("%d reordered, want %d", got, want)
	}
}

// overtaken counts, from the log and the sizes that tell records apart, those
// stored after one that arose later.
func overtaken(s *stage, t *testing.T) int64 {
	t.Helper()
	again := newStage(func(l *model.Limits) { *l = s.limits })
	p := once(t, 20, client.Put{Records: 10, Bytes: model.MiB, Linger: second})
	p.Retry = client.Backoff{Base: second, Max: second, Jitter: client.JitterNone, GiveUpAfter: time.Hour}
	p.Size = rising{}
	again.play(t, p, 100*second)
	n, largest := int64(0), int64(0)
	for _, r := range again.accepted() {
		if r.size < largest {
			n++
		}
		largest = max(largest, r.size)
	}
	return n
}

// TestUnevenClients: with a skew of 1, client i has a share in proportion to 1/i.
func TestUnevenClients(t *testing.T) {
	s := newStage(nil)
	p := app(900, client.Put{Records: 500, Bytes: model.MiB, Linger: 100 * ms})
	p.Arrivals, p.Clients, p.Skew = workload.Poisson{}, 4, 1
	s.play(t, p, 400*second)
	// Calls of client i have on average its rate times the linger and one.
	_, counts := s.sent()
	mean := 0.0
	for _, n := range counts {
		mean += float64(n) / float64(len(counts))
	}
	shares, calls := []float64{12. / 25, 6. / 25, 4. / 25, 3. / 25}, 0.0
	for _, share := range shares {
		calls += 900 * share / (900*share*0.1 + 1)
	}
	if want := 900 / calls; math.Abs(mean/want-1) > 0.02 {
		t.Errorf("%v records a call, want %v", mean, want)
	}
}
