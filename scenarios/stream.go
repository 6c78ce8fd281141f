package scenarios

import (
	"io/fs"
	"path/filepath"
	"slices"

	"kinesim/model"
	"kinesim/sim"
)

// Stream is the stream at the start of the run.
type Stream struct {
	Mode          Mode      `json:"mode" doc:"Capacity mode (default provisioned)."`
	Shards        Shards    `json:"shards" doc:"The shards: how many, or where each begins. Of an on-demand stream by default what its history and warm throughput ask for, 4 at least."`
	Retention     Retention `json:"retention" doc:"How long records stay (default 24h)."`
	MaxRecordSize Size      `json:"max_record_size" range:"1MiB..10MiB" doc:"The largest record that the stream takes, data and partition key (default 1MiB)."`

	History        *History     `json:"history,omitempty" doc:"Of an on-demand stream: what it has seen in the last 30 days."`
	WarmThroughput *ByteRate    `json:"warm_throughput,omitempty" range:"0MiB/s..10240MiB/s" doc:"Of on_demand_advantage: what it takes from the start."`
	Distribution   Distribution `json:"distribution" doc:"Of an on-demand stream: what says where a record goes (default partition_key)."`
}

func (s *Stream) defaults() {
	s.Mode, s.MaxRecordSize, s.Distribution = "provisioned", Size(model.DefaultMaxRecord), "partition_key"
}

// Shards are the shards of the stream at the start of the run.
type Shards struct {
	Even   *ShardCount `json:"-" bare:"" range:"1..10000" doc:"How many, evenly cut."`
	Starts ShardStarts `json:"starting_hash_keys,omitempty" one:"kind of shards" range:"1..10000" doc:"Where each shard begins, rising from \"0\"."`
	File   *ShardFile  `json:"file,omitempty" one:"kind of shards" doc:"What 'aws kinesis list-shards' printed; the path is relative to the scenario."`
}

// MarshalJSON writes the shards as they are read.
func (s Shards) MarshalJSON() ([]byte, error) { return marshalUnion(s) }

// shardsKind is a way to say which shards there are.
type shardsKind interface {
	shards(c *checker, s *Shards) (model.ShardMap, bool)
}

// ShardCount is a number of evenly cut shards.
type ShardCount int64

func (n ShardCount) shards(*checker, *Shards) (model.ShardMap, bool) {
	return model.EvenShards(int(n)), true
}

// ShardStarts are the starting hash keys of the shards.
type ShardStarts []HashKey

func (k ShardStarts) shards(c *checker, _ *Shards) (model.ShardMap, bool) {
	starts := make([]model.HashKey, len(k))
	for i := range k {
		starts[i] = model.HashKey(k[i])
		switch {
		case i == 0 && starts[0] != model.HashKey{}:
			c.complain(codeConflict, &k[0], "the first shard begins at %s; it must be \"0\", or nobody owns the hash keys below", k[0])
			return model.ShardMap{}, false
		case i > 0 && !starts[i-1].Less(starts[i]):
			c.complain(codeConflict, &k[i], "%s does not come after %s; starting hash keys rise", k[i], k[i-1])
			return model.ShardMap{}, false
		}
	}
	m, err := model.ShardsFrom(starts)
	if err != nil {
		c.complain(codeConflict, &k[0], "%v", err)
	}
	return m, err == nil
}

// ShardFile is the name of a file with a listing of shards.
type ShardFile string

func (f ShardFile) shards(c *checker, s *Shards) (model.ShardMap, bool) {
	m, err := ParseShards(c.resolve(string(f)))
	if err != nil {
		c.complain(codeFile, s.File, "%v", err)
	}
	return m, err == nil
}

// resolve is where a path in the scenario leads.
func (c *checker) resolve(path string) string {
	if !filepath.IsAbs(path) {
		path = filepath.Join(c.source.dir, path)
	}
	if !slices.Contains(c.named, path) {
		c.named = append(c.named, path)
	}
	return path
}

// beside opens a file that the scenario names: on the system, or for a scenario of
// the library among the files that come with it.
func (c *checker) beside(path string) func() (fs.File, error) {
	if c.source.files != nil {
		return func() (fs.File, error) { return c.source.files.Open(path) }
	}
	return opened(c.resolve(path))
}

// stream compiles the stream.
func (c *compiler) stream(s *Stream) sim.StreamConfig {
	compiled := sim.StreamConfig{
		Mode: sim.Mode(s.Mode), MaxRecordSize: model.Bytes(s.MaxRecordSize),
		Shards: model.EvenShards(1), // holds the place where the true ones are faulty
	}
	compiled.Retention, compiled.Retentions = c.retention(&s.Retention)
	c.onDemand(s, &compiled)
	if c.places[&s.Shards] != nil && c.sound(&s.Shards) {
		if m, ok := kindOf[shardsKind](s.Shards).shards(c.checker, &s.Shards); ok {
			compiled.Shards = m
		}
	}
	return compiled
}
