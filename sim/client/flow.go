package client

import (
	"math"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/workload"
)

// flow is a producer at a coarse resolution. It does not draw records but how many of
// them each shard is sent in a span, from the same laws: those of independent arrivals
// are independent again from shard to shard, and from key to key. The keys that weigh
// most are drawn by themselves, so that what is hot is known by its name.
type flow struct {
	producer  *Producer
	law       workload.Flow
	random    *des.Rand
	drawing   *sending       // in the span that is drawn
	spans     []*sending     // of this stretch
	uncounted []*sending     // the last of them, whose keys are not counted yet
	lags      []kinesis.Lags // by span: how long records have waited for their calls
	wholes    []int64        // by span: so many records of a shard or more are one lot, as wide as the span, and nothing but counted
	earlier   sending        // of the last span before it, the calls
	branches  []*branch      // by group of shards
	drawn     des.Time       // up to when it is known what arises
	loads     []Load         // what shards are sent: by place, and within one by span of the stretch
	stride    int            // spans to a shard

	routes  []route   // of all keys but the heavy ones
	shares  []float64 // by place: of all records, without hot keys
	odds    []float64 // by place: what batching.brings makes of the shares
	oddsOf  batching  // of the records that wait so
	heavy   []heavyKey
	weights []float64    // by key: of all records; 0 of heavy ones
	sources []des.Source // by place: of what shards are sent that draw by themselves
	seeds   *des.Rand    // of the sources
	size    sizeLaw
	large   bool           // some records are larger than one of these units
	more    [whats]float64 // payload units and KiB of a record beyond one of each

	paced  float64    // the rate of calls that next has
	waits  batching   // how records waited for them
	next   []des.Time // by client: its next call; nil: there are too many
	since  []des.Time // by client: its last call, if byCall; what arose since then waits
	byCall bool       // what was drawn last is what known calls had
	called float64    // records that are due by calls so far, if byCall; only of even arrivals
	given  int64      // records that were drawn so far; only of even arrivals

	inTurn  bool       // arrivals are even: a call has so many records, and all clients call one after the other before they wait for more
	callers int        // clients as a reader of a shard sees them, each of which calls evenly
	resends bool       // what a shard refuses comes again
	rest    remainders // of calls
}

// sending is what a flow sends in a span for the first time.
type sending struct {
	number   int // of the span
	batch    batching
	from, to des.Time   // when the records arose
	old      bool       // which was before warm-up
	final    bool       // answers may come after the end of the run
	at       des.Time   // when the span begins
	sent     []des.Time // the calls of the span, in order; empty if they are not known
	known    bool       // they are; else there are too many
	brought  float64    // records that are expected in the calls, if they are known

	// What ready reckons.
	many    int64   // so many records of a shard or more come in more than fewCalls calls
	between float64 // nanoseconds from one call to the next, of all clients

	memoryless bool // calls that bring some are behind each other by exponential times, of known means

	keys         []keyLoad // of those that are drawn by themselves
	mean, plain  float64   // how many are expected, of which a share has no hot key; 0 where shards do not draw by themselves
	chances      []float64 // by place: of a call, to bring some; nil: not known beforehand
	offered      int64     // all of them
	offeredBytes int64
}

// keyLoad is what a key gets.
type keyLoad struct {
	key int32
	Load
}

// span makes span number n of a stretch the one that is drawn.
func (f *flow) span(n int) { f.drawing = f.spans[n] }

// calls are the instants of the calls in span number n of the stretch, if they are known;
// −1 is the one before.
func (f *flow) calls(n int) (at []des.Time, known bool) {
	s := &f.earlier
	if n >= 0 {
		s = f.spans[n]
	}
	return s.sent, s.known
}

// keep keeps the calls of a stretch that is over as far as somebody may ask for them.
func (f *flow) keep(spans int) {
	if spans > 0 {
		last := f.spans[spans-1]
		f.earlier.sent, last.sent, f.earlier.known = last.sent, f.earlier.sent, last.known
	}
}

// load is what a shard is sent in span number n of the stretch.
func (f *flow) load(place, n int) *Load { return &f.loads[place*f.stride+n] }

// begin begins span number n of a stretch.
func (f *flow) begin(n int) {
	batch := f.drawing.batch
	if n == len(f.spans) {
		f.spans, f.lags, f.wholes = append(f.spans, new(sending)), append(f.lags, kinesis.Lags{}), append(f.wholes, 0)
	}
	f.span(n)
	f.drawing.batch, f.drawing.sent = batch, f.drawing.sent[:0]
	f.drawing.number = n
}

// sizeLaw is what is needed to know of sizes of data.
type sizeLaw struct {
	mean, deviation float64
	law             workload.SizeLaw
}

func newFlow(p *Producer, random *des.Rand) *flow {
	c := &p.Config
	law := c.Size.(workload.SizeLaw)
	f := &flow{
		producer: p, drawing: new(sending), resends: c.Resends(), law: c.Arrivals.Flow(c.Rate), random: random,
		size: sizeLaw{law.Mean(), law.Deviation(), law},
	}
	f.inTurn, f.callers = f.law.Even() && !c.Put.Single, c.Clients
	if c.Put.Single {
		f.callers = independent
	}
	if c.Clients <= MostCalls && !c.Put.Single {
		f.next, f.since = make([]des.Time, c.Clients), make([]des.Time, c.Clients)
	}
	p.offers.some = true
	limits := &p.links.Limits
	f.more[units], f.more[kibs] = f.beyond(limits.PutPayloadUnit), f.beyond(model.KiB)
	f.large = f.more[units] > 0 || f.more[kibs] > 0
	return f
}

// bring draws what is sent in the span [from, to): where calls are known what arose from one
// call of a client to the next, else what has arisen and waited by then.
func (f *flow) bring(from, to, warmup des.Time) {
	f.schedule(from, to)
	f.draw(max(f.drawn, to.Add(-f.drawing.batch.mean())), warmup)
}

// draw draws what arose until to and is sent in the span under way. Which keys are hot and
// what is old goes by the mean wait, also where calls are known.
func (f *flow) draw(to, warmup des.Time) {
	s := f.drawing
	s.from, s.to, s.offered, s.offeredBytes, s.mean = f.drawn, to, 0, 0, 0
	if s.from < warmup && to > warmup { // a rounding: spans are cut there
		s.to = warmup
	}
	f.drawn = s.to
	s.old = s.from < warmup
	s.keys, s.chances = s.keys[:0], nil
	if !f.apart() {
		for place := range f.shares {
			*f.load(place, s.number) = Load{}
		}
	}
	mean, share, plain := f.expected(), 1.0, 1.0
	if mean <= 0 {
		return
	}
	left := f.due() // what is not dealt out yet of a number that is given
	take := func(part float64) int64 {
		if !f.law.Even() {
			return workload.PoissonCount(mean*part, f.random)
		}
		n := workload.BinomialCount(left, min(1, part/max(share, 1e-300)), f.random)
		left, share = left-n, share-part
		return n
	}
	hot := f.producer.Space.HotAt(s.from)
	if len(hot) == 0 {
		s.chances = f.likely()
	}
	for _, h := range hot {
		plain -= h.Share
		f.key(h.Key, take(h.Share))
	}
	for _, h := range f.heavy {
		f.key(h.key, take(float64(plain*h.share)))
	}
	if f.apart() {
		s.mean, s.plain = mean, plain
		return
	}
	for i := range f.routes {
		r := &f.routes[i]
		n := take(float64(plain * r.share))
		if f.law.Even() && i == len(f.routes)-1 { // what rounding has left
			n, left = n+left, 0
		}
		load := Load{Records: n, Bytes: f.bytesOf(n, r.key, f.random)}
		f.load(int(r.place), s.number).Add(load)
		s.add(load)
	}
}

// apart tells whether what a shard gets is drawn by itself, as it says nothing of what
// another does.
func (f *flow) apart() bool { return len(f.branches) > 1 && !f.law.Even() }

// key adds n records of a key.
func (f *flow) key(key int32, n int64) {
	p := f.producer
	if n == 0 {
		return
	}
	load := Load{Records: n, Bytes: f.bytesOf(n, float64(p.Space.Bytes[key]), f.random)}
	f.drawing.keys = append(f.drawing.keys, keyLoad{key, load})
	f.drawing.add(load)
}

// whole puts what was drawn for span number n of the stretch together: of keys by
// themselves, and by branches.
func (f *flow) whole(n int) {
	f.span(n)
	for _, b := range f.branches {
		f.drawing.add(b.drawn[n])
	}
	for _, k := range f.drawing.keys {
		f.load(f.producer.Keys.Place(int(k.key)), n).Add(k.Load)
	}
}

// add counts some of what is sent.
func (s *sending) add(l Load) {
	s.offered += l.Records
	s.offeredBytes += l.Bytes
}

// bytesOf draws how many bytes n records have whose keys have so many in the mean.
func (f *flow) bytesOf(n int64, key float64, random *des.Rand) int64 {
	if f.size.deviation == 0 {
		return wholeBytes(n, f.size.mean+key)
	}
	return f.bytes(n, f.size.mean+key, random.Normal())
}

// bytes is how many n records have, each of them so many in the mean, where that strays by
// z deviations.
func (f *flow) bytes(n int64, each, z float64) int64 {
	bytes := float64(n)*each + float64(f.size.deviation*math.Sqrt(float64(n)))*z
	return max(n, min(n*int64(f.producer.largest), int64(bytes+0.5)))
}

// wholeBytes is how many bytes n records have that all have as many, but for their keys.
func wholeBytes(n int64, each float64) int64 { return int64(float64(float64(n)*each) + 0.5) }

// pace finds out how records wait for their calls: as many as come in the next tick, or,
// where calls are known, at now.
func (f *flow) pace(now, tick des.Time) {
	from, to := f.drawn, f.drawn+tick
	if f.byCall {
		from, to = now, min(now+tick, f.law.Bend(now))
	}
	if rate := f.law.Mean(from, to) / (to - from).Seconds(); rate > 0 {
		f.drawing.batch = f.producer.Config.batching(rate, f.size.mean, f.law.Even())
	}
}

// count counts what is sent for the first time in the span, but for its keys, so many times.
func (f *flow) count(times int64) {
	p := f.producer
	f.offer(times)
	if n := f.rest.whole(calls, float64(times)*float64(f.drawing.offered)/max(1, f.drawing.batch.records)); !f.drawing.old {
		p.Calls += n
	}
}

// Resends tells whether a client sends refused records again.
func (c *ProducerConfig) Resends() bool {
	_, never := c.Retry.(NoRetry)
	return !never && (c.Put.Single || c.Retry.Entries())
}

// wait counts what was drawn as waiting for its call.
func (f *flow) wait() {
	f.offer(1)
	f.drawing.countKeys(&f.producer.offers)
	for _, t := range tallies(&f.producer.all, &f.producer.old, f.drawing.old) {
		t.Waiting += f.drawing.offered
	}
}

// offer counts what was drawn as offered, but for its keys, so many times.
func (f *flow) offer(times int64) {
	s := f.drawing
	for _, t := range tallies(&f.producer.all, &f.producer.old, s.old) {
		t.Offered += times * s.offered
		t.OfferedBytes += times * s.offeredBytes
	}
}

// countKeys counts the keys of what was sent in the spans that begin before an instant.
func (f *flow) countKeys(until des.Time) {
	for len(f.uncounted) > 0 && f.uncounted[0].at < until {
		f.uncounted[0].countKeys(&f.producer.offers)
		f.uncounted = f.uncounted[1:]
	}
}

// countKeys counts the keys of what is sent, unless it is of before warm-up.
func (s *sending) countKeys(offers *keyLoads) {
	if !s.old {
		offers.take(s.keys)
	}
}

// mostAnswers is how many answers are drawn of the calls of a span.
const mostAnswers = 256

// answers measures how long the calls took that wrote records at the first attempt.
func (f *flow) answers() {
	for i, s := range f.spans {
		n := int64(0)
		for _, b := range f.branches {
			n += b.firsts[i]
			b.firsts[i] = 0
		}
		if n > 0 && !s.old {
			f.answer(s, n)
		}
	}
}

// answer measures those of a span that wrote n records.
func (f *flow) answer(s *sending, n int64) {
	for left := max(1, min(mostAnswers, int64(float64(n)/max(1, s.batch.records)))); left > 0; left-- {
		part := n / left
		n -= part
		f.producer.PutLatency.AddN(uint64(f.producer.took(s.from)), uint64(part))
	}
}

// remainders are what is not whole of numbers that are counted.
type remainders [whats]float64

// whole makes whole numbers of x, now the one below and now the one above, so that they
// add up.
func (r *remainders) whole(what int, x float64) int64 {
	x += r[what]
	n := math.Floor(x)
	r[what] = x - n
	return int64(n)
}

// What remainders count.
const (
	calls = iota
	units
	kibs
	whats
)

// beyond is how many units of so many bytes a record fills, rounded up, beyond one: in the
// mean, with a key of the mean length.
func (f *flow) beyond(unit model.Bytes) (more float64) {
	if f.producer.largest <= unit { // and the mean key need not be looked for among many
		return 0
	}
	for edge := float64(unit) - f.producer.Space.MeanKey(); edge < float64(f.size.law.Largest()); edge += float64(unit) {
		more += f.size.law.Above(edge)
	}
	return more
}
