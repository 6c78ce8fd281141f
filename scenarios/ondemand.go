package scenarios

import (
	"strings"

	"kinesim/model"
	"kinesim/sim"
)

// History is what an on-demand stream has seen before the run.
type History struct {
	Peak        ByteRate   `json:"peak" doc:"The busiest minute of the last 30 days, in bytes a second (default 0MiB/s)."`
	PeakRecords RecordRate `json:"peak_records" doc:"The same in records (default 0/s)."`
}

func (h *History) defaults() { h.PeakRecords = RecordRate(model.PerSecond(0)) }

// Distribution is what says where a record goes.
type Distribution string

func (Distribution) words() []word {
	return []word{
		{text: "partition_key", doc: "The MD5 of its partition key: records of a key are in order, on one shard."},
		{text: "auto", doc: "The service, which looks at no key: no shard is hot, and no order is kept."},
	}
}

// ByteRate is a number of bytes a second, such as 40MiB/s.
type ByteRate model.Bytes

func (ByteRate) form() form {
	return form{"a rate of bytes", "a rate of bytes such as 500KiB/s, 40MB/s or 2.5MiB/s", `^[0-9]+(\.[0-9]+)? ?([kKMGT]B|[KMGT]iB|B)/s$`, "MiB/s"}
}

func (r *ByteRate) parse(text string) error {
	var s Size
	size, ok := strings.CutSuffix(text, "/s")
	if !ok || s.parse(size) != nil {
		return refuse(text, r.form(), nil)
	}
	*r = ByteRate(s)
	return nil
}

// String prints the rate as it is read.
func (r ByteRate) String() string { return Size(r).String() + "/s" }

func (r ByteRate) base() int64 { return int64(r) }

// MarshalText writes the rate as it is read.
func (r ByteRate) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// onDemand compiles what only on-demand streams have, and the shards of one that names
// none.
func (c *compiler) onDemand(s *Stream, compiled *sim.StreamConfig) {
	if !c.sound(s) {
		return
	}
	if h := s.History; h != nil { // a provisioned stream may be switched
		compiled.History = sim.History{PeakBytes: model.Bytes(h.Peak), PeakRecords: wholeRate(h.PeakRecords)}
	}
	written := c.places[&s.Shards] != nil
	if s.Mode == "provisioned" {
		if !written && c.places[s] != nil { // else it is the stream that is missing
			c.at(c.keyOr(c.node(s)), problem{code: codeMissing, message: "stream has no shards", hint: "write shards: 4"})
		}
		c.notOnDemand(s)
		return
	}
	if s.WarmThroughput != nil && s.Mode != "on_demand_advantage" {
		c.complain(codeConflict, s.WarmThroughput, "warm_throughput is for mode: on_demand_advantage; an on-demand stream of Standard begins with twice its history's peak")
	}
	if s.WarmThroughput != nil {
		compiled.Warm = model.Bytes(*s.WarmThroughput)
	}
	compiled.AutoKeys = s.Distribution == "auto"
	if !written {
		config := *c.config
		config.Stream = *compiled
		n := ShardCount(config.ShardsOnDemand())
		s.Shards.Even = &n
		compiled.Shards = model.EvenShards(int(n))
	}
}

// notOnDemand complains of what a provisioned stream does not have.
func (c *compiler) notOnDemand(s *Stream) {
	if s.Distribution == "auto" {
		c.complain(codeConflict, &s.Distribution, "distribution: auto is for on-demand streams (InvalidArgumentException)")
	}
	if s.WarmThroughput != nil {
		c.complain(codeConflict, s.WarmThroughput, "warm_throughput is for mode: on_demand_advantage")
	}
	if s.History != nil && !c.becomesOnDemand() && !c.comparesOnDemand() && c.like == nil {
		c.warn(problem{code: codeUnused, message: "history makes no difference: a provisioned stream has the shards that it is given"}, s.History, s)
	}
}

// becomesOnDemand tells whether a call switches the stream to on-demand.
func (c *compiler) becomesOnDemand() bool {
	return c.becomes(func(m Mode) bool { return m != "provisioned" })
}

// becomes tells whether a call switches the stream to such a mode.
func (c *compiler) becomes(such func(Mode) bool) bool {
	for i := range c.scenario.Reshard {
		if m := c.scenario.Reshard[i].UpdateStreamMode; m != nil && such(*m) {
			return true
		}
	}
	return false
}

// wholeRate is a rate in whole records a second, rounded up.
func wholeRate(r RecordRate) int64 {
	per := int64(r.Per) / 1e9
	return (r.Micro + 1e6*per - 1) / (1e6 * per)
}
