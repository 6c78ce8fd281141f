package sim_test

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// millis draws a duration of whole milliseconds.
func millis(t *rapid.T, name string, from, to int) time.Duration {
	return time.Duration(rapid.IntRange(from, to).Draw(t, name)) * ms
}

// pick draws one of several.
func pick[T any](t *rapid.T, name string, of ...T) T {
	return of[rapid.IntRange(0, len(of)-1).Draw(t, name)]
}

// anyLimits are small limits, so that every one of them binds now and then.
func anyLimits(t *rapid.T) model.Limits {
	l := model.AWS2026()
	l.WriteRecordsPerSecond = int64(rapid.IntRange(5, 200).Draw(t, "write records"))
	l.WriteBurstRecords = int64(rapid.IntRange(1, 200).Draw(t, "burst records"))
	l.WriteBytesPerSecond = model.Bytes(rapid.IntRange(1_000, 50_000).Draw(t, "write bytes"))
	l.WriteBurstBytes = model.Bytes(rapid.IntRange(2_000, 50_000).Draw(t, "burst bytes"))
	l.WriteWindow = pick(t, "window", model.Bucket, model.FixedS1)
	l.ReadBytesPerSecond = model.Bytes(rapid.IntRange(1_000, 100_000).Draw(t, "read bytes"))
	l.ReadBurstBytes = model.Bytes(rapid.IntRange(0, 100_000).Draw(t, "read burst"))
	l.GetRecordsBytes = model.Bytes(rapid.IntRange(3_000, 30_000).Draw(t, "answer bytes"))
	l.FullReadPenalty = millis(t, "penalty", 0, 1000)
	l.EFOBytesPerSecond = model.Bytes(rapid.IntRange(1_000, 50_000).Draw(t, "fan-out bytes"))
	l.EFOBurstBytes = model.Bytes(rapid.IntRange(500, 50_000).Draw(t, "fan-out burst"))
	l.EFOSubscription = millis(t, "subscription", 1000, 20_000)
	if rapid.Bool().Draw(t, "no delays") {
		none := model.Constantly(0)
		l.GetLatency, l.ClassicAvailability, l.EFODelay, l.EFOPushWindow = none, none, none, 0
		l.PutLatency = model.Constantly(5 * ms) // who sends again at once needs some
	}
	return l
}

func anyProducer(t *rapid.T, name string) client.ProducerConfig {
	keys := pick[workload.Keys](t, name+" keys", workload.Unique{}, workload.Ranked{S: 1, Count: 20, Prefix: "k"}, oneKey("one"))
	p := client.ProducerConfig{
		Name: name, Clients: rapid.IntRange(1, 4).Draw(t, name+" clients"),
		Rate:     workload.Constant(model.PerSecond(int64(rapid.IntRange(0, 400).Draw(t, name+" rate")))),
		Arrivals: pick[workload.Arrivals](t, name+" arrivals", workload.Poisson{}, workload.Regular{}),
		Size:     pick[workload.Size](t, name+" size", workload.ConstantSize(100), workload.UniformSize{Min: 1, Max: 900}, workload.LognormalSize{P50: 100, P99: 900, Max: 2500}),
		Keys:     keys,
		Put: client.Put{Records: rapid.IntRange(1, 500).Draw(t, name+" batch"), Bytes: model.Bytes(rapid.IntRange(200, 20_000).Draw(t, name+" batch bytes")),
			Linger: millis(t, name+" linger", 0, 1500)},
		Retry: pick[client.Retry](t, name+" retry", client.NoRetry{}, client.SDKRetry{Attempts: 3}, client.Forever{},
			client.Backoff{Base: 50 * ms, Max: time.Second, Jitter: client.JitterFull, GiveUpAfter: 2 * time.Second},
			client.Backoff{Base: 20 * ms, Max: 100 * ms, Jitter: client.JitterEqual, GiveUpAfter: time.Hour}),
	}
	if _, forever := p.Retry.(client.Forever); forever { // sends thousands of times a second
		p.Rate = workload.Constant(model.PerSecond(20))
	}
	if rapid.Bool().Draw(t, name+" single") {
		p.Put = client.Put{Single: true}
	}
	if rapid.IntRange(0, 3).Draw(t, name+" library") == 0 {
		p.Put, p.Retry = client.Put{Records: 500, KPL: anyKPL(t, name)}, client.NoRetry{}
	}
	if _, regular := p.Arrivals.(workload.Regular); !regular {
		p.Skew = pick(t, name+" skew", 0, 0.0, 1.5)
	}
	p.Put.Timeout = pick(t, name+" timeout", 0, 0, 12*ms, 60*ms)
	if p.Put.InFlight = pick(t, name+" in flight", 0, 0, 1, 3); p.Put.KPL == nil && p.Put.InFlight > 0 && rapid.Bool().Draw(t, name+" buffered") {
		p.Put.Buffer = p.Put.Records + rapid.IntRange(1, 200).Draw(t, name+" buffer")
	}
	if rapid.Bool().Draw(t, name+" hot") {
		p.Hot = []workload.Hot{{Key: "hot", Share: 0.5, From: 1e9, To: 3e9}}
	}
	return p
}

// anyKPL are settings of the producer library, near to what binds.
func anyKPL(t *rapid.T, name string) *client.KPL {
	return &client.KPL{
		AggregationEnabled: rapid.Bool().Draw(t, name+" packs"), AggregationMaxCount: pick(t, name+" pack", 1, 5, int64(1)<<32),
		AggregationMaxSize: pick(t, name+" pack bytes", 64, model.Bytes(500), 51_200),
		CollectionMaxCount: pick(t, name+" collection", 1, 7, int64(500)), CollectionMaxSize: pick(t, name+" collection bytes", 100, model.Bytes(52_224)),
		RecordMaxBufferedTime: des.Time(millis(t, name+" buffered", 0, 1000)), RecordTTL: des.Time(millis(t, name+" time to live", 100, 5000)),
		RateLimit: int64(rapid.IntRange(1, 400).Draw(t, name+" rate limit")), FailIfThrottled: rapid.Bool().Draw(t, name+" fails"),
	}
}

func anyConsumer(t *rapid.T, name string) client.ConsumerConfig {
	return client.ConsumerConfig{
		Name: name,
		Kind: pick[client.ConsumerKind](t, name+" kind", client.EFO{},
			client.Classic{Interval: 200 * ms, MaxRecords: 10_000}, client.Classic{Interval: time.Second, MaxRecords: 30}, anyTeam(t, name), anyFunction(t, name),
			client.Firehose{BufferSize: 3_000, BufferInterval: 2 * time.Second},
			client.Flink{Interval: 300 * ms, MaxRecords: 50, CheckpointEvery: time.Second}, client.Flink{EFO: true, CheckpointEvery: 700 * ms}),
		Start: pick(t, name+" start", client.Start{}, client.Start{}, client.Start{Where: client.Latest},
			client.Start{Where: client.AtTimestamp, Time: 1e9}, client.Start{Where: client.AfterSequenceNumber, Row: 40}),
		Joins:      des.Time(pick(t, name+" joins", 0, 0, millis(t, name+" joins later", 1, 6000))),
		Processing: pick(t, name+" processing", client.Processing{}, client.Processing{PerRecord: 5 * ms}, client.Processing{PerRecord: ms, PerBatch: 300 * ms}),
	}
}

// anyTeam is an application of the client library whose clocks run so fast that a
// lot happens within seconds.
func anyTeam(t *rapid.T, name string) client.KCL {
	k := client.KCL{
		Version: rapid.IntRange(1, 3).Draw(t, name+" version"), Workers: rapid.IntRange(1, 4).Draw(t, name+" workers"),
		EFO: rapid.Bool().Draw(t, name+" fan-out"), Interval: millis(t, name+" idle", 50, 1000), MaxRecords: pick(t, name+" limit", 10_000, int64(20)),
		Prefetch: rapid.IntRange(0, 4).Draw(t, name+" prefetch"), CheckpointEvery: pick(t, name+" checkpoints", 0, 500*ms, 3*time.Second),
		Failover: pick(t, name+" failover", 200*ms, 500*ms), MaxLeases: pick(t, name+" leases", 1000, 1, 2), Steal: rapid.IntRange(1, 2).Draw(t, name+" steal"),
		Cold: rapid.Bool().Draw(t, name+" cold"), WriteUnits: pick(t, name+" table", 0, 0, int64(20)),
	}
	if k.Version == 3 {
		k.Handoff = pick(t, name+" hand-off", 0, time.Second)
	}
	return k
}

// anyFunction is an event source mapping.
func anyFunction(t *rapid.T, name string) client.Lambda {
	l := client.Lambda{
		BatchSize: pick(t, name+" batch size", 100, int64(1), 7), Window: pick(t, name+" batch window", 0, 700*ms), Parallel: rapid.IntRange(1, 4).Draw(t, name+" parallel"),
		Duration: pick(t, name+" function", model.Constantly(100*ms), model.Delay{P50: 50 * ms, P99: time.Second}), Concurrency: pick(t, name+" concurrency", 0, 0, 1),
		Errors: pick(t, name+" errors", 0, 0.3), Retries: pick(t, name+" retries", -1, 0, 2), Bisect: rapid.Bool().Draw(t, name+" bisect"),
		MaxAge: pick(t, name+" age", 0, 2*time.Second), Destination: rapid.Bool().Draw(t, name+" destination"), Partial: rapid.Bool().Draw(t, name+" partial"),
		Keep: pick(t, name+" keep", 1, 0.4), EFO: rapid.Bool().Draw(t, name+" function by fan-out"), Interval: 300 * ms,
	}
	if l.Parallel == 1 {
		l.Tumbling = pick(t, name+" tumbling", 0, 0, time.Second)
	}
	return l
}

// anyHardship is what befalls a consumer.
func anyHardship(t *rapid.T, k client.ConsumerConfig) client.Fault {
	name := "hardship of " + k.Name
	f := client.Fault{Consumer: k.Name, From: des.Time(millis(t, name+" from", 0, 6000))}
	f.To = f.From.Add(millis(t, name+" for", 1, 4000))
	kinds := []func(){
		func() { f.Pause = true }, func() { f.Slow = 10 }, func() { f.HalfOpen = true }, func() { f.Errors = 0.5 },
		func() { f.Workers, f.Kill = 1, true }, func() { f.Workers, f.NetworkGap = 1, true }, func() { f.LeaseTable = 0.7 },
		func() { f.Deploy = &client.Deploy{AtATime: 1, Down: 300 * ms} }, func() { f.Deploy = &client.Deploy{AtATime: 2, Down: ms, Kill: true} },
		func() { f.Workers, f.Pause = 1, true }, func() { f.Restart = true }, func() { f.Poison = &client.Stall{Hottest: true} },
	}
	kinds[rapid.IntRange(0, len(kinds)-1).Draw(t, name)]()
	return f
}

func anyConfig(t *rapid.T) *sim.Config {
	c := &sim.Config{
		Name: "any", Resolution: "record", Seed: rapid.Uint64().Draw(t, "seed"), Limits: anyLimits(t),
		Clock: sim.Clock{Duration: millis(t, "duration", 1, 12_000)},
		Stream: sim.StreamConfig{Mode: "provisioned", Shards: model.EvenShards(rapid.IntRange(1, 5).Draw(t, "shards")),
			Retention: pick(t, "retention", 24*time.Hour, 3*time.Second), MaxRecordSize: pick(t, "largest", model.MiB, 1500)},
	}
	if rapid.Bool().Draw(t, "warm-up") {
		c.Clock.Warmup = millis(t, "warm", 0, int(c.Clock.Duration/ms)-1)
	}
	c.Faults = anyFaults(t)
	if rapid.Bool().Draw(t, "reshards") {
		c.Limits.ReshardOperation, c.Limits.UpdateShardCountStart = millis(t, "operation", 0, 800), millis(t, "start", 0, 500)
		c.Limits.UpdateShardCountParallel = pick(t, "parallel", 10, int64(1), 2)
		c.Reshard = anyReshard(t)
	}
	for i := range rapid.IntRange(1, 3).Draw(t, "producers") {
		c.Producers = append(c.Producers, anyProducer(t, fmt.Sprint("p", i)))
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "consumers") {
		k := anyConsumer(t, fmt.Sprint("c", i))
		c.Consumers = append(c.Consumers, k)
		for range rapid.IntRange(0, 2).Draw(t, k.Name+" hardships") {
			c.Faults = append(c.Faults, anyHardship(t, k))
		}
	}
	return c
}

// anyReshard is calls of the control plane, of which some are refused.
func anyReshard(t *rapid.T) []sim.Reshard {
	var calls []sim.Reshard
	at := des.Time(0)
	for i := range rapid.IntRange(1, 6).Draw(t, "calls") {
		name := fmt.Sprint("call ", i)
		at = at.Add(millis(t, name+" after", 0, 3000))
		r := sim.Reshard{At: at}
		shard := sim.ShardPick{Which: pick(t, name+" which", sim.Hottest, sim.Coldest, sim.ByID), ID: model.ShardID(rapid.IntRange(0, 9).Draw(t, name+" shard"))}
		switch rapid.IntRange(0, 3).Draw(t, name) {
		case 0:
			r.Update = &sim.UpdateShardCount{Target: rapid.IntRange(1, 10).Draw(t, name+" target")}
		case 1:
			r.Split = &sim.SplitShard{Shard: shard, Point: pick(t, name+" point", sim.SplitMidpoint, sim.SplitOptimal, sim.SplitAtKey), At: model.EvenShards(7).At(3).Range.Start}
		case 2:
			r.Merge = &sim.MergeShards{Shard: shard}
		case 3:
			r.Mode = pick(t, name+" mode", sim.OnDemand, sim.Provisioned)
		}
		calls = append(calls, r)
	}
	return calls
}

// anyFaults is what goes wrong with the service.
func anyFaults(t *rapid.T) []client.Fault {
	var faults []client.Fault
	for i := range rapid.IntRange(0, 2).Draw(t, "faults") {
		name := fmt.Sprint("fault ", i)
		f := pick(t, name, client.Fault{Unavailable: true}, client.Fault{Internal: 0.3}, client.Fault{SlowPuts: 20},
			client.Fault{Stall: &client.Stall{}}, client.Fault{Stall: &client.Stall{Hottest: true}})
		f.From = des.Time(millis(t, name+" from", 0, 8000))
		f.To = f.From.Add(millis(t, name+" for", 1, 4000))
		faults = append(faults, f)
	}
	return faults
}

// books compares counts that come from different places.
type books struct{ *rapid.T }

func (b books) equal(what string, got, want int64) {
	if got != want {
		b.Errorf("%s: %d and %d", what, got, want)
	}
}

func (b books) atMost(what string, got, limit int64) {
	if got > limit || got < 0 {
		b.Errorf("%s: %d, above %d or negative", what, got, limit)
	}
}

func sum(values []int64) int64 {
	var n int64
	for _, v := range values {
		n += v
	}
	return n
}

// TestBooksBalance plays random scenarios. Run itself refuses a ledger that does
// not add up; here everything else that is counted twice must agree as well.
func TestBooksBalance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { balance(t, anyConfig(t)) })
}

// balance plays a scenario and looks at its books.
func balance(t *rapid.T, c *sim.Config) {
	windows(t, c)
	r, err := sim.Run(context.Background(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	b := books{t}
	b.stream(r)
	b.producers(r)
	b.consumers(r)
	if c.Clock.Warmup == 0 {
		b.wholeRun(c, r)
		b.windows(r)
	}
}

func (b books) stream(r *sim.Result) {
	var s sim.StreamResult
	for _, shard := range r.Shards {
		s.IncomingRecords += shard.IncomingRecords
		s.IncomingBytes += shard.IncomingBytes
		s.WriteThrottled += shard.WriteThrottled
		s.ReadThrottled += shard.ReadThrottled
	}
	b.equal("incoming records, shards and stream", s.IncomingRecords, r.Stream.IncomingRecords)
	b.equal("incoming bytes, shards and stream", s.IncomingBytes, r.Stream.IncomingBytes)
	b.equal("refused records, shards and stream", s.WriteThrottled, r.Stream.WriteThrottled)
	b.equal("refused calls, shards and stream", s.ReadThrottled, r.Stream.ReadThrottled)

	var charged int64
	shares := 0.0
	for _, cause := range r.Causes {
		charged += cause.Records
		shares += cause.Share
		if cause.FromS >= cause.ToS || cause.Remedy == "" || cause.Records <= 0 {
			b.Errorf("cause %+v", cause)
		}
	}
	b.equal("refused records, causes and stream", charged, r.Stream.WriteThrottled)
	if len(r.Causes) > 0 && math.Abs(shares-1) > 1e-9 {
		b.Errorf("the shares of the causes add up to %v", shares)
	}
	var keyed, keyedBytes int64
	for _, k := range r.Keys {
		keyed += k.Records
		keyedBytes += k.Bytes
	}
	b.atMost("records of the top keys", keyed, r.Stream.OfferedRecords)
	b.atMost("bytes of the top keys", keyedBytes, r.Stream.OfferedBytes)
}

func (b books) producers(r *sim.Result) {
	var offered, offeredBytes int64
	for _, p := range r.Producers {
		offered, offeredBytes = offered+p.OfferedRecords, offeredBytes+p.OfferedBytes
		b.equal(p.Name+" offered", p.OfferedRecords, p.AcceptedRecords+p.FailedRecords+p.PendingRecords)
		if !p.KPL { // which counts attempts in packed records
			b.atMost(p.Name+" refused and rejected of attempts", p.ThrottledAttempts+p.RejectedRecords, p.Attempts)
		}
		if p.KPL {
			b.atMost(p.Name+" given up by the library", p.RejectedRecords+p.Unconfirmed, 2*p.FailedRecords)
			b.atMost(p.Name+" stored of sent", p.StoredRecords, p.Attempts-p.ThrottledAttempts-p.FailedAttempts)
			if p.RejectedRecords+p.PendingRecords == 0 { // what is rejected and not answered yet counts as pending
				b.equal(p.Name+" stored and sent", p.StoredRecords, p.Attempts-p.ThrottledAttempts-p.FailedAttempts)
				b.atMost(p.Name+" stored of accepted and given up", p.StoredRecords-p.DuplicateRecords, p.AcceptedRecords+p.Unconfirmed)
			}
			b.atMost(p.Name+" latencies of accepted", int64(p.PutLatency.Count), p.AcceptedRecords)
			continue
		}
		b.equal(p.Name+" attempts that passed", p.Attempts-p.ThrottledAttempts-p.RejectedRecords-p.FailedAttempts, p.StoredRecords)
		b.atMost(p.Name+" accepted, and failed all the same, of the stored", p.AcceptedRecords+p.Unconfirmed, p.StoredRecords-p.DuplicateRecords)
		b.atMost(p.Name+" stored twice or pending", p.StoredRecords-p.DuplicateRecords-p.AcceptedRecords-p.Unconfirmed, p.PendingRecords)
		b.atMost(p.Name+" rejected of failed", p.RejectedRecords, p.FailedRecords+p.PendingRecords)
		b.atMost(p.Name+" dropped and unconfirmed of failed", p.DroppedRecords+p.Unconfirmed, p.FailedRecords)
		b.atMost(p.Name+" reordered of stored", p.ReorderedRecords, p.StoredRecords)
		b.atMost(p.Name+" latencies of accepted", int64(p.PutLatency.Count), p.AcceptedRecords)
	}
	b.equal("offered, producers and stream", offered, r.Stream.OfferedRecords)
	b.equal("offered bytes, producers and stream", offeredBytes, r.Stream.OfferedBytes)
}

func (b books) consumers(r *sim.Result) {
	for i, k := range r.Consumers {
		b.equal(k.Name+" received and measured", k.ReceivedRecords, int64(k.PropagationDelay.Count))
		b.equal(k.Name+" processed and measured", k.ProcessedRecords, int64(k.EndToEndLatency.Count))
		b.atMost(k.Name+" processed and given up of received", k.ProcessedRecords+k.FailedRecords, k.ReceivedRecords)
		b.atMost(k.Name+" processed again of received again", k.RepeatedRecords, k.DuplicateRecords)
		b.atMost(k.Name+" backlog of the largest", k.BacklogRecords, k.MaxBacklog)
		b.atMost(k.Name+" empty and refused of calls", k.EmptyCalls+k.ReadThrottled, k.Calls)
		b.atMost(k.Name+" records of the stream", k.ReceivedRecords+k.ExpiredRecords+k.BacklogRecords, r.Ledger.Stream.AcceptedByShards)
		b.equal(k.Name+" received and the series", sum(r.Series.Consumers[i].ReceivedRecords), r.Ledger.Consumers[i].Received)
	}
}

// wholeRun is for runs without warm-up, in which all counts cover the same.
func (b books) wholeRun(c *sim.Config, r *sim.Result) {
	var accepted, refused, refusedCalls, failed, pending int64
	for _, p := range r.Producers {
		accepted, refused = accepted+p.StoredRecords, refused+p.ThrottledAttempts
		failed, pending = failed+p.FailedRecords, pending+p.PendingRecords
	}
	for i, k := range r.Consumers {
		refusedCalls += k.ReadThrottled
		b.equal(k.Name+" received, expired, unread", k.ReceivedRecords+k.ExpiredRecords+k.BacklogRecords, r.Ledger.Consumers[i].Accepted)
		if k.KCL != nil {
			b.equal(k.Name+" duplicates, as its workers count them", k.KCL.DuplicateRecords, k.DuplicateRecords)
		}
		if k.ExpiredRecords > 0 && c.Stream.Retention > c.Clock.Duration {
			b.Errorf("%s: %d records expired in a run that is shorter than the retention: it left some out", k.Name, k.ExpiredRecords)
		}
	}
	s := r.Series.Stream
	b.equal("accepted, producers and shards", accepted, r.Stream.IncomingRecords)
	b.equal("refused, producers and shards", refused, r.Stream.WriteThrottled)
	b.equal("refused calls, consumers and shards", refusedCalls, r.Stream.ReadThrottled)
	b.equal("accepted, series", sum(s.IncomingRecords), r.Stream.IncomingRecords)
	b.equal("accepted bytes, series", sum(s.IncomingBytes), r.Stream.IncomingBytes)
	b.equal("refused, series", sum(s.ThrottledRecords), r.Stream.WriteThrottled)
	b.equal("failed, series", sum(s.FailedRecords), failed)
	b.atMost("offered, series", r.Stream.OfferedRecords-sum(s.OfferedRecords), pending) // what was not sent yet
	if c.Clock.Duration%time.Second == 0 {
		var heat int64
		for _, row := range r.Heatmap.Throttled {
			heat += sum(row)
		}
		b.equal("refused, heat map", heat, r.Stream.WriteThrottled)
	}
}

// windows asks for counts over the whole run and over three windows that tile it.
func windows(t *rapid.T, c *sim.Config) {
	end := des.Time(c.Clock.Duration)
	first := des.Time(rapid.Int64Range(0, int64(end)-1).Draw(t, "first cut"))
	second := des.Time(rapid.Int64Range(int64(first), int64(end)-1).Draw(t, "second cut"))
	for _, metric := range []string{"failed_records", "pending_records", "expired_records"} {
		e := sim.Expectation{Metric: metric, Op: sim.Above, Limit: -1, P: 1, To: des.Forever}
		c.Expect = append(c.Expect, e)
		e.Windowed = true
		for _, w := range [][2]des.Time{{0, first}, {first, second}, {second, end}} {
			e.From, e.To = w[0], w[1]
			c.Expect = append(c.Expect, e)
		}
	}
}

// windows: the counts of windows that tile the run add up to the run's.
func (b books) windows(r *sim.Result) {
	for i := 0; i < len(r.Expectations); i += 4 {
		e := r.Expectations[i : i+4]
		if e[0].Metric == "pending_records" { // a level
			if *e[3].Measured != *e[0].Measured {
				b.Errorf("%v pending at the end of the last window, %v at the end of the run", *e[3].Measured, *e[0].Measured)
			}
			continue
		}
		if whole := *e[0].Measured; *e[1].Measured+*e[2].Measured+*e[3].Measured != whole {
			b.Errorf("%s: %v in the run; in its windows %v, %v and %v", e[0].Metric, whole, *e[1].Measured, *e[2].Measured, *e[3].Measured)
		}
	}
}
