package sim

import (
	"fmt"
	"math"
	"slices"
	"time"

	"kinesim/model"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// Resolution is how finely a run is played, as scenarios write it: record by record, or in
// spans of a tick.
type Resolution string

// The resolutions, the finest first.
const (
	ByRecord Resolution = "record"
	By10ms   Resolution = "10ms"
	By100ms  Resolution = "100ms"
	By1s     Resolution = "1s"
)

// coarse are the resolutions with ticks, the finest first.
var coarse = []Resolution{By10ms, By100ms, By1s}

// Tick is how long a span lasts; 0 where there are none.
func (r Resolution) Tick() time.Duration {
	tick, err := time.ParseDuration(string(r))
	if err != nil {
		return 0
	}
	return tick
}

// What to expect of a coarse resolution that is allowed, beside the run record by record:
// a test holds the library to it.
const (
	CoarseThrottled = 0.0005 // of the throttled share
	CoarseDelay     = 0.02   // of delays, ages and put latencies, median and p99
	CoarseCount     = 0.01   // of duplicates and losses
)

// Choice says why a run was played as it was.
type Choice struct {
	By            string `json:"by"` // scenario or auto
	Why           string `json:"why"`
	ExpectedError string `json:"expected_error"`
}

// Beside tells what to expect of a resolution. What is refused again and again hangs on chance:
// near the limit of a shard a storm of retries begins sooner with one seed than with another.
func (c *Config) Beside(r Resolution) string {
	if r == ByRecord {
		return "none: every record is played"
	}
	told := fmt.Sprintf("throttled share within %.2f percentage points; median and p99 of delays and ages within %.0f %%; duplicates and losses within %.0f %%",
		100*CoarseThrottled, 100*CoarseDelay, 100*CoarseCount)
	if slices.ContainsFunc(c.Producers, func(p client.ProducerConfig) bool { return p.Resends() }) {
		told += "; but where refused records are sent again, a throttled share as near as that of another seed"
	}
	return told
}

// OnlyByRecord are the parts of a scenario that can be played record by record only, in
// words; none: all of it can be coarse.
func (c *Config) OnlyByRecord() (parts []string) {
	for i := range c.Producers {
		if why := c.recordsOf(&c.Producers[i]); why != "" {
			parts = append(parts, fmt.Sprintf("producer %s %s", c.Producers[i].Name, why))
		}
	}
	for i := range c.Consumers {
		if l, ok := c.Consumers[i].Kind.(client.Lambda); ok && l.Parallel > 1 {
			parts = append(parts, fmt.Sprintf("consumer %s deals records to several invocations by their keys (parallelization_factor)", c.Consumers[i].Name))
		}
	}
	if c.Stream.AutoKeys {
		parts = append(parts, "the stream spreads the records of a key (distribution: auto)")
	}
	for i := range c.Expect {
		if m := c.Expect[i].Metric; m == "reordered_records" || m == "put_duplicates" {
			parts = append(parts, "an expectation is about "+m)
		}
	}
	return parts
}

// recordsOf is why a producer's records must be played one by one; "" if they need not be.
func (c *Config) recordsOf(p *client.ProducerConfig) string {
	_, sessions := p.Arrivals.(workload.Sessions)
	switch _, known := p.Size.(workload.SizeLaw); {
	case p.Trace != nil:
		return "plays a trace, record by record"
	case sessions:
		return "has sessions, whose records come one after the other"
	case p.Put.KPL != nil:
		return "packs records (kpl)"
	case p.Put.Timeout > 0:
		return "gives up waiting for answers (timeout)"
	case p.Put.InFlight > 0:
		return "has a limit of calls at a time (in_flight)"
	case p.Put.Single && c.Limits.PutRecordRounding > 1:
		return "has its records rounded up (put_record_rounding)"
	case !known || c.largest(p) > c.Stream.MaxRecordSize:
		return "has records that the service rejects as too large"
	case c.Limits.WriteWindow == model.FixedS1 && c.Stream.MaxRecordSize > model.DefaultMaxRecord && c.largest(p) > c.Limits.WriteBytesPerSecond:
		return "has records larger than the quota of a second (write_window: fixed_1s), of which an untouched second takes one"
	}
	switch retry := p.Retry.(type) {
	case client.Forever:
		return "sends again at once (retry: forever)"
	case client.SDKRetry:
		if p.Put.Single && retry.Mode != client.SDKLegacy {
			return "has a quota of retries for each client (sdk with put_record)"
		}
	}
	return ""
}

// largest is no less than the largest record of a producer.
func (c *Config) largest(p *client.ProducerConfig) model.Bytes {
	key := max(model.UniqueKeyBytes, workload.LongestKey(p.Keys))
	for _, h := range p.Hot {
		key = max(key, len(h.Key))
	}
	return p.Size.Largest() + model.Bytes(key)
}

// leastRecords is how many records the mean shard must get in a tick, in the mean, for
// spans to be worth their while: with fewer a run is no faster for them, and ages of the
// few are good to some percent only. A stream that may grow has room for manyMore shards.
const (
	leastRecords = 20
	manyMore     = 3
)

// Blurs is what would not keep its accuracy in spans of a tick, in words.
func (c *Config) Blurs(tick time.Duration) (parts []string) {
	limits, shards := &c.Limits, float64(max(1, c.Stream.Shards.Len()))
	rate, peak, volume, uneven := 0.0, 0.0, 0.0, false
	for i := range c.Producers {
		p := &c.Producers[i]
		if p.Trace != nil {
			continue
		}
		end := des.Time(c.Clock.Duration)
		rate += p.Rate.Expected(end) / end.Seconds()
		peak += p.Rate.Peak(end)
		volume += p.Rate.Peak(end) * p.Size.Mean()
		if law, ok := p.Size.(workload.SizeLaw); ok && law.Deviation() > 0.1*law.Mean() {
			uneven = true
		}
		if b, ok := p.Arrivals.(workload.Bursty); ok && min(b.On, b.Off) < tick {
			parts = append(parts, fmt.Sprintf("bursts of producer %s are shorter than %v", p.Name, tick))
		}
	}
	least := leastRecords
	if c.changes() {
		least *= manyMore
	}
	if each := rate / shards * tick.Seconds(); each < float64(least) {
		parts = append(parts, fmt.Sprintf("a shard gets %.3g records in %v, of which there should be %d", each, tick, least))
	}
	burst := min(float64(limits.WriteBurstRecords)/float64(limits.WriteRecordsPerSecond), float64(limits.WriteBurst(c.Stream.MaxRecordSize))/float64(limits.WriteBytesPerSecond))
	if limits.WriteWindow == model.Bucket && burst < tick.Seconds() {
		parts = append(parts, fmt.Sprintf("a shard's bucket is empty after %.3g s of its rate, before %v are over", burst, tick))
	}
	if uneven && volume > fullOfBytes*shards*float64(limits.WriteBytesPerSecond) && volume/float64(limits.WriteBytesPerSecond) > peak/float64(limits.WriteRecordsPerSecond) {
		parts = append(parts, "shards are full of bytes and records are of many sizes, of which the small ones find room first")
	}
	return append(parts, c.unknownCalls(tick, peak)...)
}

// fewCalls is how many calls a tick must have at least, where it is not known when they come,
// for it to have one nearly always.
const fewCalls = 5

// unknownCalls is what would not keep its accuracy in spans of a tick because nobody knows
// when so many clients call. With independent calls of single records nothing is lost. All
// producers together get so many records a second at the busiest time.
func (c *Config) unknownCalls(tick time.Duration, peak float64) (parts []string) {
	quota, apart := float64(c.Limits.WriteRecordsPerSecond), 0.0
	for i := range c.Producers {
		if p := &c.Producers[i]; p.Trace == nil {
			quota = min(quota, float64(c.Limits.WriteBytesPerSecond)/p.Size.Mean())
		}
	}
	for i := range c.Producers {
		p := &c.Producers[i]
		if p.Trace != nil || p.Put.KPL != nil || p.Put.Single {
			continue
		}
		end := des.Time(c.Clock.Duration)
		calls, records := p.Calls(p.Rate.Expected(end) / end.Seconds())
		if p.Clients > client.MostCalls && records > 1.1 && calls*tick.Seconds() < fewCalls {
			parts = append(parts, fmt.Sprintf("the %d clients of producer %s make %.2g calls in %v, and when is known of no more than %d clients", p.Clients, p.Name, calls*tick.Seconds(), tick, client.MostCalls))
		}
		calls, records = p.Calls(p.Rate.Peak(end))
		if p.Clients > client.MostCalls || calls*tick.Seconds() > client.MostCalls {
			waits := (records - 1) * min(1, quota/peak)       // for a call, of the records of a full shard
			apart += float64(p.Clients) * (waits * waits) / 6 // a window begins and ends anywhere between two calls
		}
	}
	if c.Limits.WriteWindow != model.FixedS1 {
		return parts
	}
	// At its limit a shard refuses 0.4 deviations of what comes in a window.
	if more := 0.4 * (math.Sqrt(quota+apart) - math.Sqrt(quota)) / quota; more > CoarseThrottled/2 {
		parts = append(parts, fmt.Sprintf("a second that has a quota of its own (write_window: fixed_1s) holds whole calls, of which more than %d in %v are not known one by one", client.MostCalls, tick))
	}
	return parts
}

// fullOfBytes is how full the mean shard is at the busiest time when some shard will
// refuse records for their bytes.
const fullOfBytes = 0.6

// cheap is how many records are played one by one without a second thought: about two
// seconds on one core.
const cheap = 50e6

// work estimates a run in records played one by one: those offered, and the reads of them.
func (c *Config) work() float64 {
	sum := 0.0
	for i := range c.Producers {
		if p := &c.Producers[i]; p.Trace == nil {
			sum += p.Rate.Expected(des.Time(c.Clock.Duration))
		}
	}
	return sum * (0.5 + 0.25*float64(len(c.Consumers)))
}

// spans is how many spans of shards a resolution plays, in records that cost as much.
func (c *Config) spans(r Resolution) float64 {
	const each = 15 // one with its reads costs as much as so many records
	return each * float64(c.Stream.Shards.Len()) * c.Clock.Duration.Seconds() / r.Tick().Seconds()
}

// Coarsest is the coarsest resolution that keeps a scenario's accuracy, and what stands
// against the next coarser one, or against any if it is none.
func (c *Config) Coarsest() (r Resolution, against []string) {
	if against = c.OnlyByRecord(); len(against) > 0 {
		return ByRecord, against
	}
	for i := len(coarse) - 1; i >= 0; i-- {
		blurs := c.Blurs(coarse[i].Tick())
		if len(blurs) == 0 {
			return coarse[i], against
		}
		against = blurs
	}
	return ByRecord, c.Blurs(coarse[len(coarse)-1].Tick())
}

// Choose chooses the resolution of a run: every record where that is cheap, else the
// finest spans that are, else the coarsest that keep the accuracy.
func (c *Config) Choose() (Resolution, Choice) { return c.ChooseWithin(cheap) }

// ChooseWithin is Choose where a run is cheap with so much work, in records; a search plays
// many.
func (c *Config) ChooseWithin(cheap float64) (Resolution, Choice) {
	work := c.work()
	choice := func(r Resolution, why string) (Resolution, Choice) {
		return r, Choice{By: "auto", Why: why, ExpectedError: c.Beside(r)}
	}
	if work <= cheap {
		return choice(ByRecord, fmt.Sprintf("about %s records are played one by one in seconds", roughly(work)))
	}
	coarsest, against := c.Coarsest()
	if coarsest == ByRecord {
		return choice(ByRecord, "coarser ones would not keep the accuracy: "+against[0])
	}
	for _, r := range coarse {
		last := r == coarsest
		if !last && (c.spans(r) > cheap || len(c.Blurs(r.Tick())) > 0) {
			continue
		}
		if c.spans(r) > work {
			return choice(ByRecord, "spans would cost more than the records in them")
		}
		return choice(r, fmt.Sprintf("about %s records one by one would cost %s times as much", roughly(work), roughly(work/c.spans(r))))
	}
	return choice(ByRecord, "")
}

// roughly is a number with two digits.
func roughly(x float64) string {
	switch {
	case x >= 1e9:
		return fmt.Sprintf("%.2g billion", x/1e9)
	case x >= 1e6:
		return fmt.Sprintf("%.0f million", math.Round(x/1e6))
	}
	return fmt.Sprintf("%.2g", x)
}

// edges are the instants at which something happens that no span of a coarse resolution
// may reach over.
func (c *Config) edges() []des.Time {
	edges := []des.Time{des.Time(c.Clock.Warmup), des.Time(c.Clock.Duration)}
	for i := range c.Faults {
		edges = append(edges, c.Faults[i].From, c.Faults[i].To)
	}
	for i := range c.Consumers {
		edges = append(edges, c.Consumers[i].Joins)
	}
	for i := range c.Reshard {
		edges = append(edges, c.Reshard[i].At)
	}
	for i := range c.Expect {
		if e := &c.Expect[i]; e.Windowed {
			edges = append(edges, e.From, e.To)
		}
	}
	return edges
}
