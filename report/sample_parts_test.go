package report

import (
	"math/big"

	"kinesim/sim"
)

// addPut adds one bin to the series of a producer.
func addPut(p *sim.ProducerSeries, waiting int64, p50, p99, max float64) {
	p.PendingRecords = append(p.PendingRecords, waiting)
	p.PutLatencyP50 = append(p.PutLatencyP50, &p50)
	p.PutLatencyP99 = append(p.PutLatencyP99, &p99)
	p.PutLatencyMax = append(p.PutLatencyMax, &max)
}

// addLake adds one bin of a consumer that polls, makes no calls in every
// fiftieth bin, and may lag.
func addLake(c *sim.ConsumerSeries, i int, n int64, lag float64) {
	age, p50, p99, most := ptr(40+float64(i%5)), ptr(500+lag), ptr(1100+1.01*lag), ptr(1180+1.02*lag)
	if lag > 0 {
		age = ptr(lag)
	}
	if i%50 == 49 {
		age, p50, p99, most = nil, nil, nil, nil
	}
	addReads(c, n, int64(lag/10)+n/2, 800+lag, age, p50, p99, most)
}

// addFraud adds one bin of a consumer with enhanced fan-out.
func addFraud(c *sim.ConsumerSeries, i int, n int64) {
	addReads(c, n, n/20, 90, ptr(150+float64(i%9)), ptr(60.0), ptr(200+float64(i%11)), ptr(400+float64(i%90)))
}

func addReads(c *sim.ConsumerSeries, n, backlog int64, oldest float64, age, p50, p99, most *float64) {
	c.ReceivedRecords = append(c.ReceivedRecords, n)
	c.ReadThrottled = append(c.ReadThrottled, 0)
	c.BacklogRecords = append(c.BacklogRecords, backlog)
	c.OldestUnread = append(c.OldestUnread, oldest)
	c.IteratorAge = append(c.IteratorAge, age)
	c.PropagationP50, c.EndToEndP50 = append(c.PropagationP50, p50), append(c.EndToEndP50, p50)
	c.PropagationP99, c.EndToEndP99 = append(c.PropagationP99, p99), append(c.EndToEndP99, p99)
	c.PropagationMax, c.EndToEndMax = append(c.PropagationMax, most), append(c.EndToEndMax, most)
}

// fillHeat makes a heat map of eight shards.
func fillHeat(r *sim.Result, cell func(shard int, t float64) (float64, int64)) {
	const columns = 120
	h := &r.Heatmap
	h.StepS = r.Clock.DurationS / columns
	for shard := range 8 {
		h.Rows = append(h.Rows, shardID(shard))
		var shares []float64
		var refused []int64
		for c := range columns {
			share, n := cell(shard, float64(c)*h.StepS)
			shares, refused = append(shares, share), append(refused, n)
		}
		h.Utilization, h.Throttled = append(h.Utilization, shares), append(h.Throttled, refused)
	}
}

// finish derives the totals from the series, so that they agree.
func finish(r *sim.Result) {
	s := &r.Series.Stream
	offered, incoming, refused, failed := total(s.OfferedRecords), total(s.IncomingRecords), total(s.ThrottledRecords), total(s.FailedRecords)
	r.Stream.OfferedRecords, r.Stream.IncomingRecords, r.Stream.WriteThrottled = offered, incoming, refused
	r.Stream.OfferedBytes, r.Stream.IncomingBytes = total(s.OfferedBytes), total(s.IncomingBytes)
	addCloudWatch(r)
	r.Stream.Utilization = stats(uint64(8*r.Clock.DurationS), .4, .9, 1.2)
	r.Producers = []sim.ProducerResult{{
		Name: "checkout", OfferedRecords: offered, AcceptedRecords: incoming, FailedRecords: failed,
		Attempts: offered + total(s.RetriedRecords), ThrottledAttempts: refused, PutLatency: stats(uint64(incoming), 11, 60, 5200),
	}}
	r.Consumers = []sim.ConsumerResult{
		{Name: "lake", Type: "classic", ReceivedRecords: incoming - 500, BacklogRecords: 500, MaxBacklog: 41_000, Calls: 172_800,
			PropagationDelay: stats(uint64(incoming), 520, 1130, 222e3), EndToEndLatency: stats(uint64(incoming), 760, 1480, 223e3), IteratorAge: stats(172_800, 41, 980, 221e3)},
		{Name: "fraud", Type: "efo", ReceivedRecords: incoming, PropagationDelay: stats(uint64(incoming), 60, 205, 489),
			EndToEndLatency: stats(uint64(incoming), 280, 490, 900), IteratorAge: stats(600_000, 20, 155, 158)},
	}
	width := new(big.Int).Lsh(big.NewInt(1), 125)
	for i := range 8 {
		n, hot := incoming/10, int64(0)
		switch i {
		case 2:
			hot = refused / 45
		case 5:
			n, hot = incoming-7*(incoming/10), refused-refused/45
		}
		start := new(big.Int).Mul(width, big.NewInt(int64(i)))
		end := new(big.Int).Sub(new(big.Int).Add(start, width), big.NewInt(1))
		r.Shards = append(r.Shards, sim.ShardResult{
			ID: shardID(i), StartingHashKey: start.String(), EndingHashKey: end.String(), State: "OPEN",
			IncomingRecords: n, IncomingBytes: n * 900, WriteThrottled: hot,
		})
	}
	for i, peak := range []float64{1480, 240, 120, 80, 60} {
		name := "merchant-7"
		if i > 0 {
			name = "customer-" + count(int64(i))
		}
		r.Keys = append(r.Keys, sim.KeyResult{
			Key: name, Shard: shardID((5 + 3*i) % 8), Records: int64(peak * 1500), Bytes: int64(peak * 1500 * 900), Share: peak / 30000,
			RecordsPerS: peak / 10, BytesPerS: peak * 90, PeakRecordsPerS: peak, PeakBytesPerS: peak * 200,
		})
	}
	r.Histograms = []sim.HistogramResult{
		law("propagation_delay", "consumer lake", 1), law("propagation_delay", "consumer fraud", .2),
		law("end_to_end_latency", "consumer lake", 1.4), law("put_latency", "producer checkout", .02),
	}
}

// addCloudWatch adds up the series by the minute.
func addCloudWatch(r *sim.Result) {
	s := &r.Series.Stream
	w := &sim.CloudWatch{PeriodS: 60, DelayS: 60}
	var records, refused []*float64
	each := int(60 / r.Series.StepS)
	for from := 0; from < r.Series.Bins; from += each {
		to := min(from+each, r.Series.Bins)
		n, no := total(s.IncomingRecords[from:to]), total(s.ThrottledRecords[from:to])
		records, refused = append(records, ptr(float64(n))), append(refused, ptr(float64(no)))
		h := &w.Hidden
		h.StreamUse, h.Shard = append(h.StreamUse, float64(n)/60/8000), append(h.Shard, shardID(5))
		h.BusiestShard, h.WorstSecond = append(h.BusiestShard, .5+float64(no)/30000), append(h.WorstSecond, no/50)
	}
	w.Metrics = []sim.CloudWatchMetric{
		{Metric: "IncomingRecords", Statistic: "Sum", Unit: "Count", Values: records},
		{Metric: "WriteProvisionedThroughputExceeded", Statistic: "Sum", Unit: "Count", Values: refused},
		{Metric: "SubscribeToShardEvent.MillisBehindLatest", Dimensions: map[string]string{"ConsumerName": "fraud"}, Statistic: "Maximum", Unit: "Milliseconds", Values: []*float64{nil, ptr(158.0)}},
	}
	r.CloudWatch = w
}

// law is a histogram with a long tail, in buckets of a tenth.
func law(metric, where string, scale float64) sim.HistogramResult {
	h := sim.HistogramResult{Metric: metric, Where: where}
	for n, edge := uint64(1_000_000), 100*scale; n > 0; n, edge = n*2/3, edge*1.1 {
		h.UpperMS, h.Counts = append(h.UpperMS, edge), append(h.Counts, n)
	}
	return h
}
