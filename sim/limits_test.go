package sim_test

import (
	"math"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim/client"
	"kinesim/sim/workload"
)

// TestPushWindow: a push opens with a record, takes along what comes within the
// window and arrives when its delay is over. With a record each 10 ms, a window
// of 30 ms and a delay of 50 ms every push has four, 50, 40, 30 and 20 ms old.
func TestPushWindow(t *testing.T) {
	c := scene(1, 100, 20*time.Second)
	c.Limits.EFODelay, c.Limits.EFOPushWindow = model.Constantly(50*ms), 30*ms
	c.Consumers = []client.ConsumerConfig{efo("fan")}
	k := play(t, c).Consumers[0]
	if k.Calls != (2000-5)/4+1 || *k.PropagationDelay.Max != 50 || math.Abs(*k.PropagationDelay.Mean-35) > 0.05 || *k.IteratorAge.Max != 20 {
		t.Errorf("%d pushes, delays of %v ms in the mean and %v at the most, age up to %v", k.Calls, *k.PropagationDelay.Mean, *k.PropagationDelay.Max, *k.IteratorAge.Max)
	}
}

// TestSubscriptionsAreRenewed: each second there is a gap of 100 ms, and what
// comes in it waits for the end.
func TestSubscriptionsAreRenewed(t *testing.T) {
	c := scene(1, 1000, 22050*ms)
	c.Limits.EFOSubscription, c.Limits.EFOReconnectGap = time.Second, model.Constantly(100*ms)
	c.Consumers = []client.ConsumerConfig{efo("fan")}
	k := play(t, c).Consumers[0]
	near(t, "max", *k.PropagationDelay.Max, 100, 1e-6)
	// In each of 20 gaps 100 records wait for 100, 99 … 1 ms.
	near(t, "mean", *k.PropagationDelay.Mean, 20*5050/22050., 1e-6)
}

// TestFanoutBytes: 4,000 B/s for a consumer that gets 2,000 B/s and 1,000 at
// once, whatever else reads. What it does not get stays behind.
func TestFanoutBytes(t *testing.T) {
	c := scene(1, 20, 100*time.Second)
	c.Producers[0].Size = workload.ConstantSize(200 - model.UniqueKeyBytes)
	c.Limits.EFOBytesPerSecond, c.Limits.EFOBurstBytes = 2_000, 1_000
	c.Consumers = []client.ConsumerConfig{efo("fan"), efo("other"), classic("poll", time.Second)}
	r := play(t, c)
	for _, k := range r.Consumers[:2] {
		if want := int64(5 + 100*10); k.ReceivedRecords < want-1 || k.ReceivedRecords > want {
			t.Errorf("%s received %d records in 100 s, want %d", k.Name, k.ReceivedRecords, want)
		}
		near(t, k.Name+" delay at the end", r.Series.Consumers[0].OldestUnread[r.Series.Bins-1], 50_000, 0.02)
	}
	if k := r.Consumers[2]; k.BacklogRecords > 20 {
		t.Errorf("the classic reader is %d records behind", k.BacklogRecords)
	}
}

// TestFullReads: a read of the largest size closes the shard for 5 s. With a
// poll each second one in five passes, and brings 1,000 bytes.
func TestFullReads(t *testing.T) {
	c := scene(1, 100, 100*time.Second)
	c.Producers[0].Size = workload.ConstantSize(100 - model.UniqueKeyBytes)
	c.Limits.GetRecordsBytes = 1_000
	c.Consumers = []client.ConsumerConfig{classic("poll", time.Second)}
	k := play(t, c).Consumers[0]
	// One more passes if the first poll comes before 10 records have.
	if passed := k.Calls - k.ReadThrottled; k.Calls != 100 || passed < 20 || passed > 21 || k.ReceivedRecords < 200-10 || k.ReceivedRecords > 200+10 {
		t.Errorf("%d of %d calls passed and brought %d records", passed, k.Calls, k.ReceivedRecords)
	}
}

// TestReadDebt: 100 records of 100 KiB come at once, and the next poll reads them
// all: 9.766 MiB, of which 2 MiB were saved up. The rest is paid back at 2 MiB/s,
// which takes 3.88 s, or 15 polls each 250 ms.
func TestReadDebt(t *testing.T) {
	c := scene(1, 0, 30*time.Second)
	stepped(t, c, 0, 100, 1, 0)
	c.Limits.WriteBytesPerSecond, c.Limits.WriteBurstBytes, c.Limits.PutRecordsBytes = 100*model.MiB, 100*model.MiB, 100*model.MiB
	p := &c.Producers[0]
	p.Size, p.Put = workload.ConstantSize(100*model.KiB-model.UniqueKeyBytes), client.Put{Records: 500, Bytes: 100 * model.MiB, Linger: 10 * time.Second}
	c.Consumers = []client.ConsumerConfig{classic("poll", 250*ms)}
	k := play(t, c).Consumers[0]
	if k.ReceivedRecords != 100 || k.ReadThrottled != 15 || k.Calls != 120 {
		t.Errorf("%d of %d calls refused, %d records received", k.ReadThrottled, k.Calls, k.ReceivedRecords)
	}
	c.Limits.ReadBurstBytes = 0
	if n := play(t, c).Consumers[0].ReadThrottled; n != 19 { // 4.88 s
		t.Errorf("with nothing saved up %d calls are refused, want 19", n)
	}
}

// TestAvailability: a record can be read 300 ms after it was accepted, so polls
// each second find it 300 ms to 1,300 ms old.
func TestAvailability(t *testing.T) {
	c := scene(1, 100, 100*time.Second)
	c.Limits.ClassicAvailability = model.Constantly(300 * ms)
	c.Consumers = []client.ConsumerConfig{classic("poll", time.Second)}
	k := play(t, c).Consumers[0]
	near(t, "mean", *k.PropagationDelay.Mean, 800, 0.01)
	if *k.PropagationDelay.Max > 1300 || *k.IteratorAge.P50 < 300 {
		t.Errorf("delays up to %v ms, ages from %v", *k.PropagationDelay.Max, *k.IteratorAge.P50)
	}
}

// TestWarmup: records accepted before warm-up count nowhere but in the ledger,
// also when they are read after it.
func TestWarmup(t *testing.T) {
	c := scene(1, 100, 20*time.Second)
	c.Clock.Warmup = 10 * time.Second
	slow := classic("slow", time.Second)
	slow.Kind = client.Classic{Interval: time.Second, MaxRecords: 60} // by 20 s it has read what came until 12 s
	c.Consumers = []client.ConsumerConfig{efo("fan"), slow}
	r := play(t, c)
	if s := r.Stream; s.OfferedRecords != 1000 || s.IncomingRecords != 1000 {
		t.Errorf("%d offered, %d accepted in the last 10 s", s.OfferedRecords, s.IncomingRecords)
	}
	fan, late := r.Consumers[0], r.Consumers[1]
	got := late.ReceivedRecords // up to 60 fewer than 200: the first poll finds what came until then, 100 a second
	if fan.ReceivedRecords != 1000 || got < 140 || got > 200 || late.BacklogRecords != 1000-got || late.PropagationDelay.Count != uint64(got) {
		t.Errorf("fan received %d; the slow reader %d, with %d behind and %d delays", fan.ReceivedRecords, late.ReceivedRecords, late.BacklogRecords, late.PropagationDelay.Count)
	}
	whole := r.Ledger
	if whole.Consumers[1].Received != 1000+got || whole.Consumers[1].Backlog != 1000-got || whole.Producers[0].Offered != 2000 {
		t.Errorf("ledger %+v", whole)
	}
}
