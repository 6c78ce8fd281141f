package scenarios

import (
	"fmt"

	"kinesim/model"
	"kinesim/sim/client"
	"kinesim/sim/des"
)

// Start is where a consumer starts to read.
type Start struct {
	Place               *Place          `json:"-" bare:"" doc:"TRIM_HORIZON or LATEST."`
	AtTimestamp         *Duration       `json:"at_timestamp,omitempty" one:"kind of start" doc:"With what was accepted at this time of the run or later."`
	AtSequenceNumber    *SequenceNumber `json:"at_sequence_number,omitempty" one:"kind of start" doc:"With this record of its shard; on the other shards at TRIM_HORIZON."`
	AfterSequenceNumber *SequenceNumber `json:"after_sequence_number,omitempty" one:"kind of start" doc:"After this record of its shard; on the other shards at TRIM_HORIZON."`
}

// MarshalJSON writes the start as it is read.
func (s Start) MarshalJSON() ([]byte, error) { return marshalUnion(s) }

// start compiles where a consumer starts, and when.
func (c *compiler) start(k *Consumer) client.Start {
	s := &k.Start
	if s.Place == nil && s.AtTimestamp == nil && s.AtSequenceNumber == nil && s.AfterSequenceNumber == nil {
		s.Place = ptr(Place("TRIM_HORIZON"))
	}
	given := k.Joins != nil
	if !given {
		k.Joins = ptr(Duration(0))
		if s.AtTimestamp != nil {
			*k.Joins = *s.AtTimestamp
		}
	}
	if given && c.sound(k.Joins) {
		c.late(k)
	}
	for _, n := range []*SequenceNumber{s.AtSequenceNumber, s.AfterSequenceNumber} {
		if n != nil && c.sound(k.Joins) && *k.Joins == 0 {
			c.fail(problem{code: codeConflict, message: fmt.Sprintf("consumer %s starts at a sequence number when no record has one yet", k.Name),
				accepted: "joins: with a time at which the record has been accepted"}, n)
		}
	}
	switch {
	case s.AtTimestamp != nil:
		return client.Start{Where: client.AtTimestamp, Time: des.Time(*s.AtTimestamp)}
	case s.AtSequenceNumber != nil:
		return c.sequence(client.AtSequenceNumber, s.AtSequenceNumber)
	case s.AfterSequenceNumber != nil:
		return c.sequence(client.AfterSequenceNumber, s.AfterSequenceNumber)
	case *s.Place == "LATEST":
		return client.Start{Where: client.Latest}
	}
	return client.Start{}
}

// late checks when a consumer joins.
func (c *compiler) late(k *Consumer) {
	if at := k.Start.AtTimestamp; at != nil && *at > *k.Joins {
		c.fail(problem{
			code: codeConflict, message: fmt.Sprintf("consumer %s joins at %s and starts at a timestamp that is then still to come, %s", k.Name, *k.Joins, *at),
			accepted: fmt.Sprintf("an at_timestamp up to %s; GetShardIterator refuses later ones", *k.Joins),
		}, at)
	}
	if *k.Joins >= c.scenario.Clock.Duration {
		c.outside(k.Joins, k, "consumer %s joins at %s, after the end of the run at %s", k.Name, *k.Joins, c.scenario.Clock.Duration)
	}
}

// sequence compiles the start at or after a record.
func (c *compiler) sequence(where client.Where, n *SequenceNumber) client.Start {
	shard, row, err := model.ParseSequenceNumber(string(*n))
	if err != nil {
		return client.Start{} // told already
	}
	if where == client.AfterSequenceNumber {
		row++
	}
	c.openShard(shard, "", n)
	return client.Start{Where: where, Shard: shard, Row: row}
}

// openShard holds a shard against those of the stream. Beside them, what else says
// is accepted.
func (c *compiler) openShard(id model.ShardID, otherwise string, value any) {
	if !c.sound(&c.scenario.Stream) || !c.sound(&c.scenario.Stream.Shards) {
		return // what it has is not known
	}
	open := c.config.Stream.Shards
	if _, there := open.Lookup(id); there {
		return
	}
	if c.changes() && id >= open.NextID() {
		c.laterShard(id, value)
		return
	}
	c.fail(problem{code: codeConflict, message: "the stream has no open shard " + id.String(),
		accepted: otherwise + open.At(0).ID.String() + " and so on"}, value)
}

// laterShard warns of a shard that is not there at the start unless it is known to come.
func (c *compiler) laterShard(id model.ShardID, value any) {
	p := problem{code: codeReference, message: fmt.Sprintf("the stream begins without %s; what changes it may make one or not", id)}
	if c.lineage != nil {
		if c.lineage.Lookup(id) >= 0 {
			return
		}
		p.message = fmt.Sprintf("the stream begins without %s, and no call of reshard makes one before the end of the run", id)
	}
	c.warn(p, value)
}

// SequenceNumber is the sequence number of a record, as --trace shows it.
type SequenceNumber string

func (SequenceNumber) form() form {
	return form{"a sequence number", "a sequence number in quotes, as kinesim run --trace shows it", `^[1-9][0-9]{14,128}$`, ""}
}

func (n *SequenceNumber) parse(text string) error {
	if _, _, err := model.ParseSequenceNumber(text); err != nil {
		return refuse(text, n.form(), nil)
	}
	*n = SequenceNumber(text)
	return nil
}

// String is the number as it is read.
func (n SequenceNumber) String() string { return string(n) }
