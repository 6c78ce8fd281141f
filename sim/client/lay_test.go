package client

import (
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/workload"
)

// TestWholeSpansAreLaidAsOthers: spans that are one lot each are stored and counted by lists
// just as they are span by span, where nothing is known to be one lot beforehand.
func TestWholeSpansAreLaidAsOthers(t *testing.T) {
	whole, others, refused := 0, 0, int64(0)
	rapid.Check(t, func(t *rapid.T) {
		s := anyScene(t)
		lists, chain := s.open(), s.open()
		for now := des.Time(0); now < s.end; {
			lists.Act(now)
			chain.Act(now)
			a, b := lists.countWholes()
			whole, others = whole+a, others+b
			for n := range chain.ends {
				chain.flows[0].wholes[n] = math.MaxInt64
			}
			spans := len(lists.ends)
			cut := rapid.IntRange(0, spans-1).Draw(t, "cut")
			if cut > 0 && lists.ends[spans-1] == s.end && s.interrupted {
				spans, s.end = cut, lists.ends[cut-1]
			}
			same(t, chain.play(now, cut, spans), lists.play(now, cut, spans))
			now = lists.ends[spans-1]
			for place := range lists.shards {
				if lists.waiting[place].due(now) {
					t.Fatalf("at %v something is still sent again to shard %d that was due before", now, place)
				}
			}
		}
		same(t, chain.close(), lists.close())
		if a, b := chain.rows(), lists.rows(); !slices.Equal(a, b) {
			same(t, a, b)
		}
		refused += lists.app.Total().Throttled
	})
	if whole < 100 || others < 100 || refused < 1_000 {
		t.Errorf("%d spans were one lot, %d were not, and %d records were refused", whole, others, refused)
	}
}

// same wants the same of what is played span by span and of what is played by lists.
func same[T any](t *rapid.T, chain, lists T) {
	t.Helper()
	if !reflect.DeepEqual(chain, lists) { // far faster than Diff
		t.Fatalf("span by span (-) and by lists (+):\n%s", cmp.Diff(chain, lists))
	}
}

// scene is what a producer sends at a coarse resolution, and to what.
type scene struct {
	producer    ProducerConfig
	limits      model.Limits
	shards      int
	seed        uint64
	together    bool // stretches have one span
	fanout      bool // enhanced fan-out reads, from joins on
	joins       des.Time
	tick        des.Time
	warmup, end des.Time
	interrupted bool // in the last stretch
}

// anyScene has all that makes spans be laid in one way or another: few calls and many, what
// is refused, the first records of calls, warm-up, answers after the end, pushes, large records.
func anyScene(t *rapid.T) *scene {
	millis := func(what string, most int) time.Duration {
		return time.Duration(rapid.IntRange(0, most).Draw(t, what)) * time.Millisecond
	}
	s := &scene{
		interrupted: rapid.IntRange(0, 3).Draw(t, "interrupted") == 1,
		limits:      model.AWS2026(), shards: rapid.IntRange(1, 3).Draw(t, "shards"), seed: rapid.Uint64().Draw(t, "seed"),
		together: rapid.IntRange(0, 4).Draw(t, "together") == 1, fanout: rapid.IntRange(0, 3).Draw(t, "fanout") == 1,
		joins: des.Time(millis("joins", 30_000)), end: des.Time(45 * time.Second), tick: des.Time(time.Second),
		warmup: des.Time(millis("warmup", 30_000) * time.Duration(rapid.IntRange(0, 1).Draw(t, "warms up"))),
	}
	l := &s.limits
	l.WriteRecordsPerSecond = rapid.SampledFrom([]int64{50, 1_000}).Draw(t, "limit")
	l.WriteBurstRecords = l.WriteRecordsPerSecond
	l.WriteWindow = rapid.SampledFrom([]model.Window{model.Bucket, model.Bucket, model.FixedS1}).Draw(t, "window")
	l.EFOPushWindow = rapid.SampledFrom([]time.Duration{0, 50 * time.Millisecond}).Draw(t, "push window")
	l.PutLatency = model.Delay{Max: 10*time.Millisecond + millis("latency", 10_000)}
	s.anyProducer(t)
	return s
}

// anyProducer draws who sends.
func (s *scene) anyProducer(t *rapid.T) {
	fewFirsts := ProducerConfig{Clients: 1, Put: Put{Records: 500, Bytes: 5 * model.MiB, Linger: 200 * time.Millisecond}}
	s.producer = rapid.SampledFrom([]ProducerConfig{
		{Clients: 3, Put: Put{Records: 2, Bytes: model.MiB, Linger: time.Duration(rapid.IntRange(0, 500).Draw(t, "linger")) * time.Millisecond}},
		{Clients: 1, Put: Put{Records: 1, Bytes: model.MiB}},
		fewFirsts,
		{Clients: 1_000, Put: Put{Records: 100, Bytes: model.MiB, Linger: 300 * time.Millisecond}},
	}).Draw(t, "calls")
	c := &s.producer
	c.Name = "app"
	rates := []int64{40, 60, 5} // a second and shard
	c.Arrivals = rapid.SampledFrom([]workload.Arrivals{workload.Poisson{}, workload.Regular{}}).Draw(t, "arrivals")
	if c.Put == fewFirsts.Put { // and so few calls that they are many in long spans only, which no window may end in
		c.Arrivals, s.limits.WriteWindow, s.tick = workload.Poisson{}, model.Bucket, 10*s.tick
		rates = []int64{60, 300, 5}
	}
	step := func(at time.Duration) workload.Step {
		return workload.Step{At: at, Rate: model.PerSecond(int64(s.shards) * rapid.SampledFrom(rates).Draw(t, "rate"))}
	}
	rate, err := workload.Steps([]workload.Step{step(0), step(time.Duration(rapid.IntRange(10_000, 30_000).Draw(t, "step")) * time.Millisecond), step(35 * time.Second)})
	if err != nil {
		t.Fatal(err)
	}
	c.Rate = rate
	c.Size = rapid.SampledFrom([]workload.Size{workload.ConstantSize(100), workload.UniformSize{Min: 100, Max: 40_000}}).Draw(t, "size")
	c.Keys = rapid.SampledFrom([]workload.Keys{workload.Unique{}, workload.Ranked{S: 1, Count: 40, Prefix: "k"}}).Draw(t, "keys")
	again := Backoff{Base: 100 * time.Millisecond, Max: time.Second, Jitter: JitterFull, GiveUpAfter: 3 * time.Second}
	c.Retry = rapid.SampledFrom([]Retry{NoRetry{}, NoRetry{}, again}).Draw(t, "retry")
}

// staged is a scene whose stretches are played by hand.
type staged struct {
	*Confluence
	scene  *scene
	app    *Producer
	told   []kinesis.Writes
	poured []kinesis.Refused
}

// open sets a scene up.
func (s *scene) open() *staged {
	engine, h := &des.Engine{}, &staged{scene: s}
	stream := kinesis.New(kinesis.Config{
		Limits: s.limits, Shards: model.EvenShards(s.shards), Mode: kinesis.OnDemand, Retention: time.Hour, MaxRecordSize: model.MiB,
		Coarse: s.tick,
	})
	stream.AddReader() // it lets go of nothing
	links := Links{
		Engine: engine, Stream: stream, Seed: s.seed, Limits: s.limits, Warmup: s.warmup, End: s.end, Fanout: NewFanout(engine, s.shards), Apart: true,
		Look:    func() (des.Time, bool) { return s.end, !s.together },
		Seconds: func(_ des.Time, _, _ int, did []kinesis.Writes) { h.told = append(h.told, did...) },
		Poured:  func(_ des.Time, _ int, refused *kinesis.Refused, _ Load) { h.poured = append(h.poured, *refused) },
	}
	h.Confluence = NewConfluence(links, s.tick, nil)
	if links.Inflow = h.Confluence; s.fanout {
		h.readers = append(h.readers, &Consumer{Config: ConsumerConfig{Kind: EFO{}, Joins: s.joins}})
	}
	h.app = NewProducer(s.producer, links)
	return h
}

// countWholes counts the loads of a stretch that are one lot if they are kept, and the others.
func (h *staged) countWholes() (whole, others int) {
	f := h.flows[0]
	for place := range h.shards {
		for n := range h.ends {
			if records := f.load(place, n).Records; records >= f.wholes[n] {
				whole++
			} else if records > 0 {
				others++
			}
		}
	}
	return whole, others
}

// seen is what others see of a stretch that has been played.
type seen struct {
	All, Before Tally
	Firsts      []int64
	Even        []uint64
	Woken       []int32
	Told        []kinesis.Writes
	Poured      []kinesis.Refused
}

// play plays the spans of the stretch that begins at now, those before the cut first.
func (h *staged) play(now des.Time, cut, spans int) seen {
	for i := range h.reaches {
		r, from, first := &h.reaches[i], now, 0
		for _, last := range []int{cut, spans} {
			if last > first {
				h.links.Stream.Watch(r.place)
				r.shard(from, r.place, first, last)
				r.tell(from, r.place)
				from, first = h.ends[last-1], last
			}
		}
	}
	a := h.arms[onlyGroup]
	b := a.branches[0]
	s := seen{b.all, b.before, slices.Clone(b.firsts), h.even, a.woken, h.told, h.poured}
	a.woken, h.told, h.poured = nil, nil, nil
	return s
}

// outcome is what is left of a scene.
type outcome struct {
	All, Counted Tally
	Calls        int64
	Meters       []kinesis.Meter
	Slabs        []kinesis.Slab
	PutLatency   [][2]uint64 // by bucket
	Drawn        []int64     // next, of each stream of random numbers
	Rest         remainders
}

// close ends the run and looks at what readers find.
func (h *staged) close() outcome {
	h.app.Finish(h.scene.end)
	h.app.PutLatency.EndLap()
	a, stream := h.arms[onlyGroup], h.links.Stream
	b := a.branches[0]
	o := outcome{
		All: h.app.Total(), Counted: h.app.Tally(), Calls: h.app.Calls, Rest: b.rest,
		Drawn: []int64{a.random.Int64(), b.retries.Int64(), int64(b.delays.Next()), b.flow.random.Int64()},
	}
	for place := range h.shards {
		o.Meters = append(o.Meters, stream.Meter(place))
		for slabs := stream.Slabs(place, 0, stream.End(place)); slabs.Next(); {
			o.Slabs = append(o.Slabs, slabs.Slab)
		}
	}
	h.app.PutLatency.Total().Each(func(upper, count uint64) { o.PutLatency = append(o.PutLatency, [2]uint64{upper, count}) })
	return o
}

// stored is a record that readers find.
type stored struct {
	At, Lag time.Duration
	Size    int64
}

// rows are the records of one shard after the other.
func (h *staged) rows() (all []stored) {
	stream := h.links.Stream
	for place := range h.shards {
		row := int64(0)
		stream.Walk(place, 0, stream.End(place), func(rows []kinesis.Row) {
			for _, r := range rows {
				all = append(all, stored{time.Duration(r.At), r.Lag.Duration(), stream.BytesOf(place, row, row+1)})
				row++
			}
		})
	}
	return all
}

// TestEvenTimesAreSorted: instants are those that are drawn one by one, sorted.
func TestEvenTimesAreSorted(t *testing.T) {
	a := &arm{random: des.Stream(1, "times")}
	rapid.Check(t, func(t *rapid.T) {
		from, span := des.Time(rapid.IntRange(0, 1e9).Draw(t, "from")), des.Time(rapid.SampledFrom([]int{1, 127, 128, 1_000, 1e9, 1e15}).Draw(t, "span"))
		again, want := *a.random, []des.Time{}
		for range rapid.IntRange(0, 300).Draw(t, "n") {
			want = append(want, from+des.Time(again.Float64()*float64(span)))
		}
		slices.Sort(want)
		if a.evenTimes(from, from+span, len(want)); !slices.Equal(a.list, want) || a.random.Source != again.Source {
			t.Fatalf("%v, want %v", a.list, want)
		}
	})
}

// TestAhead: what is ahead of an even course when each call comes at any instant is hardly ever more
// than is allowed for, but for calls of which it is known when they come.
func TestAhead(t *testing.T) {
	for _, c := range []struct {
		clients int
		rate    int64
		known   bool
	}{{1_000, 400, false}, {1_000, 20, false}, {3, 20, true}} {
		s := &scene{
			limits: model.AWS2026(), shards: 1, seed: 1, tick: des.Time(time.Second), end: des.Time(10 * time.Second),
			producer: ProducerConfig{
				Name: "app", Clients: c.clients, Rate: workload.Constant(model.PerSecond(c.rate)), Arrivals: workload.Poisson{},
				Size: workload.ConstantSize(100), Keys: workload.Unique{}, Put: Put{Records: 1, Bytes: model.MiB}, Retry: Forever{},
			},
		}
		h := s.open()
		h.Act(0)
		a := h.arms[onlyGroup]
		a.open(0)
		n := h.flows[0].load(0, 0).Records // in as many calls, of which 64 are played
		want := min(1, 3/math.Sqrt(float64(min(n, mostParts))))
		if c.known {
			want = 1
		}
		if got := a.ahead(0, 0); n < 10 || math.Abs(got-want) > 1e-9 {
			t.Errorf("%d calls of %d clients: %v may be ahead, want %v", n, c.clients, got, want)
		}
	}
	const calls, draws = 64, 20_000
	a, more := &arm{random: des.Stream(1, "times")}, 0
	for range draws {
		a.evenTimes(0, 1e9, calls)
		most := 0.0
		for i, at := range a.list {
			most = max(most, float64(i+1)/calls-float64(at)/1e9)
		}
		if most > 3/math.Sqrt(calls) {
			t.Errorf("%v of all were ahead", most)
		} else if most > 1/math.Sqrt(calls) {
			more++
		}
	}
	if share := float64(more) / draws; share < 0.10 || share > 0.15 { // e^−2 for many calls
		t.Errorf("more than one by the root was ahead in %v of the spans, want 0.13", share)
	}
}
