package analytic

import (
	"fmt"
	"math"
	"testing"
	"time"

	"kinesim/model"
)

// near fails unless got is within a relative tolerance of want.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Max(math.Abs(want), 1e-300)) {
		t.Errorf("%s: got %v, want %v within %v", what, got, want, tolerance)
	}
}

func TestShardsOfTheWorkedExamples(t *testing.T) {
	for _, c := range []struct {
		records, size float64
		classic       int
		want          int
		binding       Binding
	}{
		{5000, 200, 1, 5, ByRecords},
		{1500, 2048, 1, 3, ByBytes},      // 3,072,000 B/s
		{800, 4096, 3, 5, ByReadBytes},   // bytes in alone gives 4
		{1000, 1048, 1, 1, ByRecords},    // 1,048,000 B/s still fits
		{1000, 1049, 1, 2, ByBytes},      // 1,049,000 > 1,048,576
		{1024, 1024, 1, 2, ByRecords},    // 1,024 > 1,000
		{12345, 700, 4, 17, ByReadBytes}, // records alone 13
		{100, 102400, 2, 10, ByBytes},    // two readers ask for no more than the writes
		{20000, 50, 5, 20, ByRecords},    //
		{4000, 1048, 2, 4, ByRecords},    //
		{0, 0, 3, 1, OneShard},           // a stream has a shard
		{1000, 1048.576, 0, 1, ByBytes},  // exactly full, both ways
		{1000, 1048.576, 3, 2, ByReadBytes} /* 1.5 shards */} {
		t.Run(fmt.Sprintf("%v/s of %v B, %d classic", c.records, c.size, c.classic), func(t *testing.T) {
			n, binding := Shards(Load{c.records, c.records * c.size, c.classic}, model.AWS2026())
			if n != c.want || binding != c.binding {
				t.Errorf("got %d shards by %s, want %d by %s", n, binding, c.want, c.binding)
			}
		})
	}
}

func TestWithHeadroom(t *testing.T) {
	for _, c := range []struct {
		shards, skew, target float64
		want                 int
	}{{3, 1, 0.75, 4}, {3, 1, 1, 3}, {3.01, 1, 1, 4}, {2, 3, 0.75, 8}, {0, 1, 0.75, 1}} {
		if got := WithHeadroom(c.shards, c.skew, c.target); got != c.want {
			t.Errorf("%v shards, skew %v, target %v: got %d, want %d", c.shards, c.skew, c.target, got, c.want)
		}
	}
}

func TestZipf(t *testing.T) {
	// s = 1 over three keys: 1 : 1/2 : 1/3 of 11/6.
	for i, want := range []float64{6. / 11, 3. / 11, 2. / 11} {
		near(t, "share", Zipf(1, 3)[i], want, 1e-15)
	}
	near(t, "even", Zipf(0, 8)[5], 0.125, 1e-15)
	// ζ(2) = π²/6: the first of many keys has 6/π² of a load with s = 2; what
	// lies beyond n keys is about 1/n.
	near(t, "s = 2", Zipf(2, 100_000)[0], 1/(math.Pi*math.Pi/6-1e-5), 1e-9)
	sum := 0.0
	for _, s := range Zipf(1.1, 10_000) {
		sum += s
	}
	near(t, "sum", sum, 1, 1e-12)
}

func TestShardShares(t *testing.T) {
	// From the worked examples: on two shards a, 123 and test are on the first, 0
	// and 1 on the second; on four, 0 and 1 are on the last two.
	names := []string{"a", "123", "test", "0", "1"}
	name := func(rank int) string { return names[rank-1] }
	shares := []float64{0.1, 0.2, 0.3, 0.25, 0.15}
	two := ShardShares(model.EvenShards(2), shares, name)
	near(t, "first of two", two[0], 0.6, 1e-12)
	near(t, "second of two", two[1], 0.4, 1e-12)
	four := ShardShares(model.EvenShards(4), shares, name)
	near(t, "third of four (key 0 is above half, below three quarters …)", four[1]+four[2]+four[3], 0.4, 1e-12)
	if place, share := Hottest(two); place != 0 || math.Abs(share-0.6) > 1e-12 {
		t.Errorf("hottest: %d with %v", place, share)
	}
	if place, share := Hottest([]float64{0.5, 0.5}); place != 0 || share != 0.5 {
		t.Errorf("a tie goes to the lower: %d with %v", place, share)
	}
	if got := Numbered("customer-")(12); got != "customer-12" {
		t.Errorf("got %s", got)
	}
}

func TestThrottledShareOfHotKeys(t *testing.T) {
	near(t, "one key at 1,500/s", ThrottledShare([]float64{1500}, 1000), 1./3, 1e-15)
	near(t, "more shards do not help", ThrottledShare([]float64{1500, 0, 0, 0}, 1000), 1./3, 1e-15)
	near(t, "3 MiB/s: a third accepted", ThrottledShare([]float64{3 << 20}, 1<<20), 2./3, 1e-15)
	near(t, "one of two", ThrottledShare([]float64{1500, 500}, 1000), 0.25, 1e-15)
	if got := ThrottledShare([]float64{999, 1000}, 1000); got != 0 {
		t.Errorf("at the limit nothing is refused, got %v", got)
	}
	if got := ThrottledShare(nil, 1000); got != 0 {
		t.Errorf("no load: got %v", got)
	}
	// 60 s at 1,500/s: 90,000 offered, 60,000 + the burst of 1,000 accepted.
	near(t, "with burst", ThrottledShareOf([]float64{1500}, 1000, 1000, 60), 29_000./90_000, 1e-12)
	if got := ThrottledShareOf([]float64{1500}, 1000, 1000, 2); got != 0 {
		t.Errorf("the burst lasts 2 s, got %v", got)
	}
}

// loose is a bucket by brute force: the missing tokens on a grid of 1/n, moved in
// slots of the time that refills 1/n, with at most two arrivals a slot. Its error
// falls with 1/n, so two grids give the limit.
func loose(rho float64, capacity, n int) float64 {
	top := capacity * n
	p, next := make([]float64, top+1), make([]float64, top+1)
	p[0] = 1
	slot := rho / float64(n)
	one := slot * math.Exp(-slot)
	two := slot * slot / 2 * math.Exp(-slot)
	none := 1 - one - two
	land := func(level int, mass float64) int {
		if level+n <= top {
			level += n
		}
		next[level] += mass
		return level
	}
	for range 30 * capacity * top {
		clear(next)
		for w, mass := range p {
			w = max(0, w-1)
			next[w] += mass * none
			at := w
			if w+n <= top {
				at = w + n
			}
			land(w, mass*one)
			land(at, mass*two)
		}
		p, next = next, p
	}
	full := 0.0
	for w, mass := range p {
		if w > top-n {
			full += mass
		}
	}
	return full
}

func TestBucket(t *testing.T) {
	for _, rho := range []float64{0.3, 1, 1.7} {
		near(t, fmt.Sprintf("capacity 1 at %v is Erlang's loss", rho), Bucket(rho*50, 50, 1), rho/(1+rho), 1e-12)
		for _, capacity := range []int{2, 4} {
			near(t, fmt.Sprintf("capacity %d at %v against brute force", capacity, rho),
				Bucket(rho, 1, capacity), 2*loose(rho, capacity, 40)-loose(rho, capacity, 20), 0.004)
		}
	}
	// Far above the limit only the fluid share is left; far below nothing is refused.
	near(t, "overload", Bucket(1500, 1000, 1000), 1./3, 1e-9)
	near(t, "heavy overload", Bucket(100_000, 1000, 1000), 0.99, 1e-9)
	if got := Bucket(500, 1000, 100); got > 1e-15 {
		t.Errorf("half load: got %v", got)
	}
	for last, c := 1.0, 1; c < 200; c *= 3 {
		got := Bucket(980, 1000, c)
		if got >= last || got <= 0 {
			t.Errorf("a larger bucket refuses less: capacity %d refuses %v, a third of it %v", c, got, last)
		}
		last = got
	}
}

func TestFixedWindow(t *testing.T) {
	// A quota of 1: E[max(0, N−1)] = mean − 1 + e^−mean.
	near(t, "quota 1", FixedWindow(2, 1, 1), (2-1+math.Exp(-2))/2, 1e-12)
	if got := FixedWindow(7, 1, 0); math.Abs(got-1) > 1e-12 {
		t.Errorf("no quota refuses all, got %v", got)
	}
	// At the limit N is near normal: E[max(0, N−m)] = √m·φ(0).
	near(t, "at the limit", FixedWindow(1000, 1, 1000), math.Sqrt(1000/(2*math.Pi))/1000, 0.01)
	near(t, "overload", FixedWindow(1500, 1, 1000), 1./3, 1e-9)
	near(t, "a window of 2 s", FixedWindow(50, 2, 100), FixedWindow(100, 1, 100), 1e-12)
}

func TestBadArgumentsPanic(t *testing.T) {
	for name, f := range map[string]func(){
		"no tokens":     func() { Bucket(1, 1, 0) },
		"no rate":       func() { Bucket(0, 1, 1) },
		"rate too high": func() { Bucket(501, 1, 1) },
		"NaN":           func() { Bucket(math.NaN(), 1, 1) },
		"no window":     func() { FixedWindow(1, 0, 1) },
		"debt":          func() { FixedWindow(1, 1, -1) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("accepted")
				}
			}()
			f()
		})
	}
}

func TestReaders(t *testing.T) {
	const ms = time.Millisecond
	// A constant cycle of 240 ms: 40 + 120 + 40.
	steady := Polling{Interval: 200 * ms, Latency: 40 * ms, Availability: 40 * ms}
	if got := steady.MeanDelay(); (got - 200*ms).Abs() > time.Microsecond {
		t.Errorf("got %v, want 200ms", got)
	}
	// Calls of 0 or 200 ms make gaps of 100 or 300 ms: E[C²]/2E[C] = 50,000/400 ms.
	uneven := Polling{Interval: 100 * ms, Latency: 100 * ms, LatencyDeviation: 100 * ms}
	if got := uneven.MeanDelay(); (got - 225*ms).Abs() > time.Microsecond {
		t.Errorf("got %v, want 225ms", got)
	}
	if got := UniformDeviation(5*ms, 75*ms); (got - 20207*time.Microsecond).Abs() > time.Microsecond {
		t.Errorf("got %v", got)
	}
	// Median 60 ms, p99 218 ms: mean 70 ms to within the rounding of 218.
	if got := LognormalMean(0, 60*ms, 218*ms); (got - 70*ms).Abs() > 30*time.Microsecond*10 {
		t.Errorf("got %v, want about 70ms", got)
	}
	near(t, "1 GiB behind, 2 MiB/s against 1", CatchUp(1<<30, 2<<20, 1<<20), 1024, 1e-12)
	if !math.IsInf(CatchUp(1, 5, 5), 1) {
		t.Error("a reader as slow as the writers never catches up")
	}
	for n, want := range map[int]float64{1: 0, 2: 0, 3: 1. / 3, 5: 0.6} {
		near(t, fmt.Sprintf("%d readers of a full shard", n), LagGrowth(2/float64(n), 1), want, 1e-12)
	}
	if LagGrowth(1, 0) != 0 {
		t.Error("nothing to read, no lag")
	}
}

func TestQueues(t *testing.T) {
	near(t, "M/M/1 at one half", MM1Wait(50, 0.01), 0.01, 1e-12) // ρ/(1−ρ) = 1
	near(t, "M/D/1 at one half", MD1Wait(50, 0.01), 0.005, 1e-12)
	near(t, "M/D/1 at nine tenths", MD1Wait(90, 0.01), 0.045, 1e-12)
	near(t, "M/G/1", MG1Wait(50, 0.01, 3), 0.02, 1e-12)
	if !math.IsInf(MD1Wait(100, 0.01), 1) || !math.IsInf(MM1Wait(101, 0.01), 1) {
		t.Error("a queue without rest has no mean wait")
	}
	near(t, "backlog", BacklogGrowth(150, 0.01), 50, 1e-12)
	if BacklogGrowth(99, 0.01) != 0 {
		t.Error("a fast consumer has no growing backlog")
	}
}
