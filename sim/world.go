package sim

import (
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// world is one run: the engine, the service and everyone who calls it.
type world struct {
	config    *Config
	engine    des.Engine
	stream    *kinesis.Stream
	producers []*client.Producer
	consumers []*client.Consumer
	fanout    *client.Fanout
	inflow    *client.Confluence // at a coarse resolution
	apart     bool               // shards may be played one by one
	observer  *observer
	plane     *plane
	scaler    *scaler
	cuts      []billCut
	causes    *causes
	end       des.Time // planned
	warmup    des.Time
}

// eyes see more of a run than its result tells, and change nothing in it.
type eyes struct {
	drawn func(client.Lot) // of all records, nil for none
	story *client.Story    // of one
}

// newWorld wires a run. Consumers come first: the stream must know its readers
// before it takes records.
func newWorld(c *Config, by eyes) *world {
	w := &world{config: c, end: des.Time(c.Clock.Duration), warmup: des.Time(c.Clock.Warmup)}
	w.apart = c.Resolution.Tick() > 0 && client.Apart(c.Consumers)
	groups := 1
	if w.apart {
		groups = client.ShardGroups(c.Stream.Shards.Len())
	}
	w.engine.Workers = c.Workers
	w.stream = kinesis.New(kinesis.Config{
		Limits: c.Limits, Shards: c.Stream.Shards, Mode: c.Stream.Mode.Service(), Spread: c.Stream.AutoKeys,
		Retention: c.Stream.Retention, MaxRecordSize: c.Stream.MaxRecordSize, ExactRows: c.Stream.ExactRecords,
		Coarse: des.Time(c.Resolution.Tick()), Groups: groups,
	})
	for _, change := range c.Stream.Retentions {
		w.engine.At(change.At, des.Service, retention{w.stream, change})
	}
	w.causes = newCauses(w)
	w.fanout = client.NewFanout(&w.engine, w.stream.Shards())
	links := client.Links{
		Engine: &w.engine, Stream: w.stream, Seed: c.Seed, Limits: c.Limits, Apart: w.apart,
		Warmup: w.warmup, End: w.end, Faults: c.Faults, Hottest: w.hottest,
		Fanout:  w.fanout,
		Trouble: client.NewTrouble(&w.engine, w.stream, c.Faults, c.Seed, w.hottest),
		Refused: w.causes.refused,
		Drawn:   by.drawn, Story: by.story,
	}
	if tick := des.Time(c.Resolution.Tick()); tick > 0 {
		links.Poured = w.causes.poured
		links.Look = func() (des.Time, bool) {
			w.observer.gather() // so that windows end before keys of later ones are counted
			return w.observer.lookAt, w.observer.leaves()
		}
		links.Seconds = func(first des.Time, group, place int, did []kinesis.Writes) {
			w.observer.shardSeconds(first, group, place, did)
		}
		w.inflow = client.NewConfluence(links, tick, c.edges())
		links.Inflow = w.inflow
	}
	for _, k := range c.Consumers {
		w.consumers = append(w.consumers, client.NewConsumer(k, links))
	}
	for _, p := range c.Producers {
		producer := client.NewProducer(p, links)
		w.producers = append(w.producers, producer)
		w.causes.follow(producer)
	}
	w.observer = newObserver(w)
	w.plane = newPlane(w)
	w.cutBill(0, w.plane.current)
	newOnDemand(w)
	w.scaler = newScaler(w)
	return w
}

// finish brings everything up to the instant at which the run ended.
func (w *world) finish(at des.Time) {
	w.observer.gather()
	for _, k := range w.consumers {
		k.Finish(at)
	}
	for _, p := range w.producers {
		p.Finish(at)
	}
	w.observer.finish(at)
	w.causes.finish(at)
}

// offered is how many records were sent so far, for progress.
func (w *world) offered() int64 {
	var n int64
	for _, p := range w.producers {
		n += p.Total().Offered
	}
	return n
}
