package sim

import "fmt"

// ledger adds up the whole run, warm-up included. The two sides of each line
// come from different counters: producers count answers, shards count what they
// took, consumers count what they were handed, and the backlog is reckoned from
// the readers' places in the log.
func (w *world) ledger() Ledger {
	var l Ledger
	for i := range w.stream.Shards() {
		l.Stream.AcceptedByShards += w.stream.Meter(i).IncomingRecords
	}
	for _, p := range w.producers {
		t := p.Total()
		l.Stream.AcceptedByProducers += t.Stored
		l.Producers = append(l.Producers, ProducerLedger{p.Config.Name, t.Offered, t.Accepted, t.Failed, t.Waiting})
	}
	for _, k := range w.consumers {
		r := k.Total()
		backlog, _ := k.Backlog()
		l.Consumers = append(l.Consumers, ConsumerLedger{
			Name: k.Config.Name, Accepted: k.Accepted(),
			Received: r.Received, Expired: r.Expired, Backlog: backlog, Duplicates: r.Duplicates,
		})
	}
	l.Holds = l.problem() == ""
	return l
}

// problem says which line does not add up, with its numbers; empty if all do.
func (l *Ledger) problem() string {
	for _, p := range l.Producers {
		if p.Offered != p.Accepted+p.Failed+p.Pending {
			return fmt.Sprintf("producer %s offered %d records, but %d accepted + %d failed + %d pending make %d",
				p.Name, p.Offered, p.Accepted, p.Failed, p.Pending, p.Accepted+p.Failed+p.Pending)
		}
	}
	if s := l.Stream; s.AcceptedByProducers != s.AcceptedByShards {
		return fmt.Sprintf("producers count %d accepted records, shards %d", s.AcceptedByProducers, s.AcceptedByShards)
	}
	for _, c := range l.Consumers {
		if c.Accepted != c.Received+c.Expired+c.Backlog {
			return fmt.Sprintf("of %d records accepted for consumer %s, %d received + %d expired + %d backlog make %d",
				c.Accepted, c.Name, c.Received, c.Expired, c.Backlog, c.Received+c.Expired+c.Backlog)
		}
	}
	return ""
}
