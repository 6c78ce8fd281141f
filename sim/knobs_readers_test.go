package sim_test

import (
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/client"
)

func TestEveryKnobOfConsumersMatters(t *testing.T) {
	oneByOne(t)
	for _, k := range []knobs{
		{of: client.ConsumerConfig{}, changes: map[string]func(*sim.Config){
			"Name":       ofConsumer(func(k *client.ConsumerConfig) { k.Name = "another" }),
			"Kind":       ofConsumer(func(k *client.ConsumerConfig) { k.Kind = client.EFO{} }),
			"Processing": ofConsumer(func(k *client.ConsumerConfig) { k.Processing = client.Processing{} }),
			"Joins":      ofConsumer(func(k *client.ConsumerConfig) { k.Joins = 3e9 }),
			"Start":      ofConsumer(func(k *client.ConsumerConfig) { k.Start, k.Joins = client.Start{Where: client.Latest}, 3e9 }),
		}, reasons: map[string]string{"Dedup": "needs a consumer that goes over records again; TestDedup has one"}},
		{of: client.Start{}, from: ofConsumer(func(k *client.ConsumerConfig) { k.Joins, k.Start.Where = 3e9, client.AtTimestamp }),
			changes: map[string]func(*sim.Config){
				"Where": ofConsumer(func(k *client.ConsumerConfig) { k.Start.Where = client.Latest }),
				"Time":  ofConsumer(func(k *client.ConsumerConfig) { k.Start.Time = 1e9 }),
				"Shard": ofConsumer(func(k *client.ConsumerConfig) {
					k.Start = client.Start{Where: client.AtSequenceNumber, Shard: 1, Row: 300}
				}),
				"Row": ofConsumer(func(k *client.ConsumerConfig) { k.Start = client.Start{Where: client.AtSequenceNumber, Row: 300} }),
			}},
		{of: client.Classic{}, changes: map[string]func(*sim.Config){
			"Interval":   ofClassic(func(c *client.Classic) { c.Interval = 301 * ms }),
			"MaxRecords": ofClassic(func(c *client.Classic) { c.MaxRecords = 30 }),
		}},
	} {
		k.play(t)
	}
}

func TestEveryKnobOfApplicationsMatters(t *testing.T) {
	oneByOne(t)
	for _, k := range []knobs{
		{of: client.KCL{}, changes: map[string]func(*sim.Config){
			"Version":         ofKCL(func(k *client.KCL) { k.Version = 3 }),
			"Workers":         ofKCL(func(k *client.KCL) { k.Workers = 2 }),
			"EFO":             ofKCL(func(k *client.KCL) { k.EFO = true }),
			"Interval":        ofKCL(func(k *client.KCL) { k.Interval = 301 * ms }),
			"MaxRecords":      ofKCL(func(k *client.KCL) { k.MaxRecords = 40 }),
			"Prefetch":        ofKCL(func(k *client.KCL) { k.Prefetch = 0 }),
			"CheckpointEvery": ofKCL(func(k *client.KCL) { k.CheckpointEvery = 0 }),
			"Failover":        ofKCL(func(k *client.KCL) { k.Failover = 1200 * ms }),
			"MaxLeases":       ofKCL(func(k *client.KCL) { k.MaxLeases = 1 }),
			"Steal":           ofKCL(func(k *client.KCL) { k.Cold, k.WriteUnits, k.Steal = true, 0, 2 }),
			"Handoff":         ofKCL(func(k *client.KCL) { k.Version, k.Cold, k.Handoff = 3, true, time.Second }),
			"Cold":            ofKCL(func(k *client.KCL) { k.Cold = true }),
			"WriteUnits":      ofKCL(func(k *client.KCL) { k.WriteUnits = 0 }),
		}, reasons: map[string]string{"FirstPage": "needs more than 1,000 shards; TestFirstPageOfShards has them"}},
		{of: client.Lambda{}, from: functional, changes: map[string]func(*sim.Config){
			"BatchSize":   ofLambda(func(l *client.Lambda) { l.BatchSize = 30 }),
			"Window":      ofLambda(func(l *client.Lambda) { l.Window = 300 * ms }),
			"Parallel":    ofLambda(func(l *client.Lambda) { l.Parallel = 2 }),
			"Duration":    ofLambda(func(l *client.Lambda) { l.Duration = model.Constantly(30 * ms) }),
			"Concurrency": ofLambda(func(l *client.Lambda) { l.Concurrency = 1 }),
			"Errors":      ofLambda(func(l *client.Lambda) { l.Errors = 0.6 }),
			"Retries":     ofLambda(func(l *client.Lambda) { l.Retries = 5 }),
			"Bisect":      ofLambda(func(l *client.Lambda) { l.Bisect = true }),
			"MaxAge":      ofLambda(func(l *client.Lambda) { l.MaxAge = 2 * time.Second }),
			"Destination": ofLambda(func(l *client.Lambda) { l.Destination = true }),
			"Partial":     ofLambda(func(l *client.Lambda) { l.Partial = true }),
			"Tumbling":    ofLambda(func(l *client.Lambda) { l.Tumbling = time.Second }),
			"Keep":        ofLambda(func(l *client.Lambda) { l.Keep = 0.5 }),
			"EFO":         ofLambda(func(l *client.Lambda) { l.EFO = true }),
			"Interval":    ofLambda(func(l *client.Lambda) { l.Interval = 301 * ms }),
		}},
		{of: client.Firehose{}, from: ofConsumer(func(k *client.ConsumerConfig) {
			k.Kind = client.Firehose{BufferSize: 1_500, BufferInterval: 2 * time.Second}
		}), changes: map[string]func(*sim.Config){
			"BufferSize": ofConsumer(func(k *client.ConsumerConfig) {
				k.Kind = client.Firehose{BufferSize: 300, BufferInterval: 2 * time.Second}
			}),
			"BufferInterval": ofConsumer(func(k *client.ConsumerConfig) { k.Kind = client.Firehose{BufferSize: 1_500, BufferInterval: 700 * ms} }),
		}},
		{of: client.Flink{}, from: ofFlink(func(*client.Flink) {}), changes: map[string]func(*sim.Config){
			"EFO":             ofFlink(func(f *client.Flink) { f.EFO = true }),
			"Interval":        ofFlink(func(f *client.Flink) { f.Interval = 301 * ms }),
			"MaxRecords":      ofFlink(func(f *client.Flink) { f.MaxRecords = 20 }),
			"CheckpointEvery": ofFlink(func(f *client.Flink) { f.CheckpointEvery = 3 * time.Second }),
		}},
		{of: client.Processing{}, changes: map[string]func(*sim.Config){
			"PerRecord": ofConsumer(func(k *client.ConsumerConfig) { k.Processing.PerRecord = 3 * ms }),
			"PerBatch":  ofConsumer(func(k *client.ConsumerConfig) { k.Processing.PerBatch = 6 * ms }),
		}},
	} {
		k.play(t)
	}
}
