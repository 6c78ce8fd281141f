package scenarios

import (
	"sort"

	"github.com/dustin/go-humanize"

	"kinesim/model"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// Producer is a group of clients that write alike.
type Producer struct {
	Name     Name      `json:"name" jsonschema:"required" doc:"Name, for reports and --set."`
	Clients  int64     `json:"clients" range:"1..100000" doc:"Independent senders; they share the rate (default 1)."`
	Skew     float64   `json:"client_skew,omitempty" range:"0..20" doc:"How unevenly clients share the rate: client i has a share in proportion to i^-skew (default 0: evenly)."`
	Rate     *Rate     `json:"rate,omitempty" one:"source of records" eg:"100/s" doc:"Records offered, all clients together."`
	Trace    *Trace    `json:"trace,omitempty" one:"source of records" doc:"Records that were recorded, in place of rate, arrivals, size and keys."`
	Arrivals Arrivals  `json:"arrivals,omitzero" doc:"At which instants records arise (default poisson)."`
	Sessions *Sessions `json:"sessions,omitempty" eg:"{records: 4, gap: 5s}" doc:"Records come in sessions, each of one key (default: each record for itself)."`
	Size     DataSize  `json:"size,omitzero" doc:"Size of the data blob, without the partition key (default 1KiB)."`
	Keys     Keys      `json:"keys,omitzero" doc:"Which partition keys the records have (default unique)."`
	Hot      []Hot     `json:"hot,omitempty" range:"0..1000" doc:"Keys that take a share of all records for a while."`
	Put      Put       `json:"put" doc:"How records are sent (default put_records of 500 with a linger of 100ms)."`
	Retry    Retry     `json:"retry,omitzero" doc:"What happens to refused records (default backoff; the KPL has its own way)."`
}

func (p *Producer) defaults() {
	p.Clients = 1
	p.Arrivals.Process = ptr(Process("poisson"))
	p.Size.Constant = ptr(Size(model.KiB))
	p.Keys.Unique = &Unique{}
	p.Put.PutRecords = fresh[PutRecords]()
	p.Retry.Backoff = fresh[Backoff]()
}

// Hot is a key that takes a share of all records for a while.
type Hot struct {
	Key   Key       `json:"key" jsonschema:"required" doc:"The partition key."`
	Share Share     `json:"share" jsonschema:"required" range:"0%..100%" doc:"Its part of the producer's records; the rest follows keys."`
	From  Duration  `json:"from" doc:"When it begins (default 0s)."`
	To    *Duration `json:"to,omitempty" doc:"When it ends (default: the end of the run)."`
}

// producer compiles a producer.
func (c *compiler) producer(p *Producer) client.ProducerConfig {
	compiled := client.ProducerConfig{Name: string(p.Name), Clients: int(p.Clients), Skew: p.Skew}
	if p.Trace != nil {
		c.trace(p, &compiled)
	} else {
		c.synthetic(p, &compiled)
	}
	compiled.Put = kindOf[putKind](p.Put).put(c)
	if p.Put.KPL != nil {
		if c.places[&p.Retry] != nil {
			c.complain(codeConflict, &p.Retry, "retry does not go with kpl, which sends again by itself until RecordTtl")
		}
		p.Retry, compiled.Retry = Retry{}, client.NoRetry{}
		return compiled
	}
	compiled.Retry = kindOf[retryKind](p.Retry).retry(c)
	return compiled
}

// synthetic compiles what records are drawn from.
func (c *compiler) synthetic(p *Producer, compiled *client.ProducerConfig) {
	compiled.Rate = kindOf[rateKind](*p.Rate).rate(c, p.Rate)
	c.expected(p, compiled.Rate)
	compiled.Arrivals = kindOf[arrivalsKind](p.Arrivals).arrivals(c)
	if _, regular := compiled.Arrivals.(workload.Regular); regular && p.Skew > 0 {
		c.complain(codeConflict, &p.Skew, "regular arrivals go to the clients in turn, which leaves nothing to client_skew; poisson and bursty have it")
	}
	compiled.Arrivals = c.sessions(p.Sessions, compiled.Arrivals)
	compiled.Keys = kindOf[keysKind](p.Keys).keys(c)
	compiled.Hot = c.hot(p.Hot)
	longest := longestKey(compiled.Keys, p.Hot)
	compiled.Size = kindOf[sizeKind](p.Size).size(c, c.maxData(longest))
}

// maxData is how much data the stream takes in a record with a key of so many
// bytes.
func (c *compiler) maxData(key model.Bytes) model.Bytes {
	return c.config.Stream.MaxRecordSize - key
}

// longestKey is the most bytes that a partition key has.
func longestKey(keys workload.Keys, hot []Hot) model.Bytes {
	longest := workload.LongestKey(keys)
	for _, h := range hot {
		longest = max(longest, len(h.Key))
	}
	return model.Bytes(longest)
}

// hot compiles the hot keys.
func (c *compiler) hot(hot []Hot) []workload.Hot {
	end := c.scenario.Clock.Duration
	var compiled []workload.Hot
	for i := range hot {
		h := &hot[i]
		switch {
		case h.To == nil:
			h.To = ptr(max(end, h.From))
		case *h.To <= h.From:
			c.complain(codeConflict, h.To, "%s is hot from %s to %s, which ends before it begins", h.Key, h.From, *h.To)
		}
		if h.From >= end {
			c.outside(&h.From, h, "%s gets hot at %s, but the run ends at %s", h.Key, h.From, end)
		}
		compiled = append(compiled, workload.Hot{
			Key: string(h.Key), Share: h.Share.Ratio(), From: des.Time(h.From), To: des.Time(*h.To),
		})
	}
	c.crowded(hot)
	return compiled
}

// crowded reports hot keys that together take more than all records.
func (c *compiler) crowded(hot []Hot) {
	order := make([]int, len(hot))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return hot[order[a]].From < hot[order[b]].From })
	for _, i := range order {
		sum := Share(0)
		for k := range hot {
			if hot[k].From <= hot[i].From && hot[i].From < *hot[k].To {
				sum += hot[k].Share
			}
		}
		if sum > 1e9 {
			c.complain(codeConflict, &hot[i].Share, "at %s the hot keys take %s of the records together; at most 100%%", hot[i].From, sum)
			return
		}
	}
}

// expected counts the records that a producer will offer, and refuses more than
// the engine can count.
func (c *compiler) expected(p *Producer, rate workload.Rate) {
	if rate.Expected(des.Time(c.scenario.Clock.Duration)) > workload.MaxRecords {
		c.complain(codeRange, p.Rate, "%s offers more than %s records in %s, the most that a producer may", p.Name, humanize.Comma(workload.MaxRecords), c.scenario.Clock.Duration)
	}
}
