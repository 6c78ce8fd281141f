package sim

import (
	"slices"
	"time"

	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/metric"
)

// maxBins bounds the series: a longer run gets wider bins.
const maxBins = 600

// steps are the widths of bins to choose from.
var steps = []time.Duration{
	100 * time.Millisecond, time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second,
	30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute,
	30 * time.Minute, time.Hour, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour,
}

// stepFor is the width of the bins for a run, of which there are so many at the most: tenths of
// a second up to 20 s, then whole seconds and more. Bins that last as long as shards are played
// one by one at the most, or longer, cost nothing, and may be maxBins.
func stepFor(duration time.Duration, most int) time.Duration {
	for i, s := range steps {
		if s >= time.Duration(mostAhead) {
			most = maxBins
		}
		if duration <= s*time.Duration(most) && (i > 0 || duration <= 20*time.Second) {
			return s
		}
	}
	return duration/maxBins + 1
}

// mostStops is how often shards that are played one by one are stopped at the most for the ends
// of bins, all together, while bins are shorter than a minute. Each time takes a microsecond,
// which is seven spans of a second.
const mostStops = 1_500_000

// binsFor is how many bins there may be of so many shards, if they are played one by one.
func binsFor(shards int, apart bool) int {
	if !apart {
		return maxBins
	}
	return min(maxBins, mostStops/shards)
}

// observer looks at the world at fixed instants: each second, to see how full
// shards were, and at the end of each bin of the series.
type observer struct {
	world  *world
	step   des.Time
	tick   des.Time
	series Series
	heat   heat
	probes []*probe

	hardships []*hardship // by fault; nil for those of the service
	lens      *lens
	rehearsal *rehearsal
	last      totals // at the end of the last bin
	second    []kinesis.Writes
	secondT   des.Time  // when second was taken
	lookAt    des.Time  // when the observer looks next
	seconds   []seconds // by group of shards
	warm      []kinesis.Meter
	peak      [2]float64 // busiest second of the bin: records and bytes attempted a second
	minute    lastMinute
	backlog   []int64 // largest of each consumer, after warm-up
	unread    []int64 // by each, as of secondT; only where shards are played one by one

	utilization metric.Recorder // of shard seconds after warm-up, in millionths of the limit
	worstSecond struct {
		share float64
		at    des.Time
	}
	bins []*consumerBins
	puts []*metric.Histogram // of the bin, by producer
}

// consumerBins are the histograms of one consumer in the current bin.
type consumerBins struct{ propagation, endToEnd, age metric.Histogram }

// totals are sums over the stream since the start of the run.
type totals struct {
	meter     kinesis.Meter
	producers client.Tally
	reads     []client.Reads
	throttled []int64
}

func newObserver(w *world) *observer {
	most := binsFor(w.stream.Shards(), w.apart)
	o := &observer{world: w, step: des.Time(stepFor(w.config.Clock.Duration, most))}
	o.tick = min(o.step, des.Time(time.Second))
	o.series.StepS = o.step.Seconds()
	o.heat = newHeat(w, o.step)
	o.grow()
	for group := range w.stream.Groups() {
		o.seconds = append(o.seconds, seconds{utilization: o.utilization.Lap(group), rows: make([]heatRow, len(o.heat.Rows))})
	}
	o.backlog, o.unread = make([]int64, len(w.consumers)), make([]int64, len(w.consumers))
	o.last = o.totals()
	for _, k := range w.consumers {
		o.series.Consumers = append(o.series.Consumers, ConsumerSeries{Name: k.Config.Name})
		b := new(consumerBins)
		k.Propagation.Open(&b.propagation)
		k.EndToEnd.Open(&b.endToEnd)
		k.IteratorAge.Open(&b.age)
		o.bins = append(o.bins, b)
	}
	for _, p := range w.producers {
		o.series.Producers = append(o.series.Producers, ProducerSeries{Name: p.Config.Name})
		h := new(metric.Histogram)
		p.PutLatency.Open(h)
		o.puts = append(o.puts, h)
	}
	if w.warmup > 0 {
		w.engine.At(w.warmup, des.Sampling, warmUp{o})
	}
	w.observer = o // probes and the lens look through it
	o.probes = newProbes(w)
	o.hardships = newHardships(w)
	o.lens, o.rehearsal = newLens(w), newRehearsal(w)
	o.wait(0)
	return o
}

// String names the observer in messages.
func (o *observer) String() string { return "the observer" }

// Act looks at the world at the end of a tick.
func (o *observer) Act(now des.Time) {
	o.look(now)
	o.wait(now)
}

// mostAhead is how long the observer may leave shards to be played one by one. What a shard
// touches is brought into a core's cache once each time: with a minute instead of ten seconds
// a day of ten thousand shards takes a seventh less.
const mostAhead = des.Time(time.Minute)

// wait sets when the observer looks next: a tick later, or when it has to, if shards may be
// played one by one until then.
func (o *observer) wait(now des.Time) {
	o.lookAt = now + o.tick
	if o.leaves() {
		minute := des.Time(time.Minute)
		next := min(now+mostAhead, (now/o.step+1)*o.step, (now/minute+1)*minute)
		next = min(next, o.start(now))
		o.lookAt = max(o.lookAt, next-next%des.Time(time.Second))
	}
	o.world.engine.At(o.lookAt, des.Sampling, o)
}

// start is when next the observer has to look since warm-up ends or a consumer joins: at the
// beginning of that second and at its end.
func (o *observer) start(now des.Time) des.Time {
	next := des.Forever
	see := func(at des.Time) {
		if second := at - at%des.Time(time.Second); second > now {
			next = min(next, second)
		} else if at > 0 && second == now {
			next = now.Add(time.Second)
		}
	}
	see(o.world.warmup)
	for _, k := range o.world.consumers {
		see(k.Config.Joins)
	}
	return next
}

// leaves tells whether the observer may leave shards to be played one by one: nobody wants
// to know of each second, or changes the shards whenever it likes.
func (o *observer) leaves() bool {
	c := o.world.config
	elastic := c.Autoscale != nil || c.Stream.Mode.Service() == kinesis.OnDemand || slices.ContainsFunc(c.Reshard, func(r Reshard) bool { return r.Mode != "" })
	return !elastic && o.world.apart && o.tick == des.Time(time.Second) && o.rehearsal == nil &&
		!slices.ContainsFunc(o.hardships, func(h *hardship) bool { return h != nil })
}

func (o *observer) look(now des.Time) {
	if now%des.Time(time.Second) == 0 {
		o.upTo(now)
		o.minute.look(now, o.world.stream)
		for _, h := range o.hardships {
			if h != nil {
				h.look(now)
			}
		}
		o.noteBacklogs(now)
	}
	if now%o.step == 0 {
		for _, p := range o.world.producers {
			p.Collect(now)
		}
		o.endBin(now)
	}
}

// grow makes room for the shards that were opened.
func (o *observer) grow() {
	more := o.world.stream.Shards() - len(o.second)
	o.second, o.warm = append(o.second, make([]kinesis.Writes, more)...), append(o.warm, make([]kinesis.Meter, more)...)
	o.heat.grow(o.world.stream)
}

// noteBacklogs notes how much all consumers have not read at the end of a second.
func (o *observer) noteBacklogs(now des.Time) {
	for i, k := range o.world.consumers {
		all, old := k.Backlog()
		o.noteBacklog(now, i, all-old)
		if now == o.secondT {
			o.unread[i] = all - old
		}
	}
}

// noteBacklog notes how much a consumer has not read at the end of a second.
func (o *observer) noteBacklog(now des.Time, consumer int, n int64) {
	if now >= o.world.warmup {
		o.backlog[consumer] = max(o.backlog[consumer], n)
	}
	for _, p := range o.probes {
		p.backlog(now, consumer, n)
	}
}

// finish closes what is open at the end of the run, when seconds have been gathered.
func (o *observer) finish(at des.Time) {
	if at > o.secondT {
		o.endSecond(at)
	}
	if at > des.Time(o.series.Bins)*o.step {
		o.endBin(at)
	}
	for _, p := range o.probes {
		p.end(at)
	}
	o.endLaps()
}

// endLaps ends the lap of every recorder, so that total and windows are whole.
func (o *observer) endLaps() {
	for _, p := range o.world.producers {
		p.Answered()
	}
	for _, k := range o.world.consumers {
		k.EndLap()
	}
	for _, p := range o.world.producers {
		p.PutLatency.EndLap()
	}
	o.utilization.EndLap()
}

// totals sums up the world as it is now.
func (o *observer) totals() totals {
	var t totals
	for i := range o.world.stream.Shards() {
		m := o.world.stream.Meter(i)
		t.meter.IncomingRecords += m.IncomingRecords
		t.meter.IncomingBytes += m.IncomingBytes
		t.meter.ThrottledRecords += m.ThrottledRecords
		t.meter.ThrottledBytes += m.ThrottledBytes
		t.meter.ReadThrottled += m.ReadThrottled
		t.meter.PayloadUnits += m.PayloadUnits
	}
	for _, p := range o.world.producers {
		a := p.Total()
		t.producers.Offered += a.Offered
		t.producers.OfferedBytes += a.OfferedBytes
		t.producers.Attempts += a.Attempts
		t.producers.Failed += a.Failed
	}
	for _, k := range o.world.consumers {
		t.reads = append(t.reads, k.Total())
		t.throttled = append(t.throttled, k.Requests().AllThrottled)
	}
	return t
}

// warmUp notes the shards' meters at the end of warm-up.
type warmUp struct{ *observer }

// Act implements des.Actor.
func (w warmUp) Act(now des.Time) {
	for i := range w.warm {
		w.warm[i] = w.world.stream.Meter(i)
	}
	w.world.causes.warmUp(now)
	w.world.cutBill(now, w.world.plane.current)
}
