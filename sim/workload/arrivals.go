package workload

import (
	"kinesim/sim/des"
)

// Arrivals says at which instants the records of a rate arise.
type Arrivals interface {
	// Start gives the arrivals at one of the clients that share the rate.
	Start(rate Rate, part Part, random *des.Rand) Process
	// Flow gives how many of them arise at all clients together.
	Flow(rate Rate) Flow
}

// Part is one of the clients that share a rate, and its share of it.
type Part struct {
	Client, Clients int
	Share           float64 // of the rate; the shares of all clients add up to 1
}

// EvenPart is one of so many clients that share a rate evenly.
func EvenPart(client, clients int) Part { return Part{client, clients, 1 / float64(clients)} }

// Process gives the instants of one client's records, in order.
type Process interface {
	// Fill writes the next instants to dst and returns how many: fewer than
	// len(dst) only when no more records will ever arise.
	Fill(dst []des.Time) int
}

// Regular spaces the records of all clients evenly: record k arises when the
// integral of the rate reaches k, k = 0, 1, 2 …, and belongs to client k modulo
// the number of clients.
type Regular struct{}

// Start implements Arrivals. It draws nothing, and deals records out in turn
// whatever the shares.
func (Regular) Start(rate Rate, part Part, _ *des.Rand) Process {
	g := &regular{rate: rate, next: int64(part.Client), step: int64(part.Clients)}
	if len(rate.pieces) == 0 {
		g.next = MaxRecords + 1
	}
	return g
}

type regular struct {
	rate       Rate
	piece      int
	next, step int64
}

func (g *regular) Fill(dst []des.Time) int {
	for i := range dst {
		if g.next > MaxRecords {
			return i
		}
		for !g.rate.pieces[g.piece].brings(g.next) {
			if g.piece++; g.piece == len(g.rate.pieces) {
				g.next = MaxRecords + 1
				return i
			}
		}
		dst[i] = g.rate.pieces[g.piece].whenDue(g.next)
		g.next += g.step
	}
	return len(dst)
}

// Poisson lets records arise independently of each other at the given rate. The
// stream of each client is again Poisson, with its part of the rate: the same
// law as drawing a client for each record.
type Poisson struct{}

// Start implements Arrivals.
func (Poisson) Start(rate Rate, part Part, random *des.Rand) Process {
	p := &poisson{pieces: rate.pieces, clients: 1 / part.Share, random: random}
	p.enter(0)
	return p
}

type poisson struct {
	pieces  []piece
	clients float64 // so many of them with this one's share would make up the rate
	random  *des.Rand

	at     int     // the current piece
	offset float64 // nanoseconds since its start
	gap    float64 // mean nanoseconds between records in a constant piece; 0 when none arise
	length float64 // of the piece, in nanoseconds
	kept   float64 // hazard drawn and not yet spent
}

// enter goes to piece i.
func (p *poisson) enter(i int) {
	p.at, p.offset, p.gap = i, 0, 0
	if i < len(p.pieces) {
		c := &p.pieces[i]
		p.length = float64(c.end - c.start)
		if !c.ramp && c.num > 0 {
			p.gap = float64(c.per) * micro * p.clients / float64(c.num)
		}
	}
}

func (p *poisson) Fill(dst []des.Time) int {
	for n := 0; ; {
		n += p.fillPiece(dst[n:])
		if n == len(dst) {
			return n
		}
		wait := p.random.Exp() // in mean gaps: the hazard until the next record
		if p.kept > 0 {
			wait, p.kept = p.kept, 0
		}
		for wait >= 0 {
			if p.at == len(p.pieces) {
				return n
			}
			if next := p.offset + float64(wait*p.gap); p.gap > 0 && next < p.length {
				p.offset = next
				break
			}
			wait = p.leave(wait)
		}
		dst[n] = p.pieces[p.at].start + des.Time(p.offset)
		n++
	}
}

// fillPiece draws records as long as they fall into the current piece and its
// rate is constant: the tight loop. The hazard that leads out of it is kept.
func (p *poisson) fillPiece(dst []des.Time) int {
	if p.gap == 0 || p.kept > 0 {
		return 0
	}
	start, offset, gap, length, source := p.pieces[p.at].start, p.offset, p.gap, p.length, p.random.Source
	n := 0
	for ; n < len(dst); n++ {
		next, u := source.Next()
		wait, sure := des.QuickExp(u)
		if source = next; !sure {
			source, wait = source.SlowExp(u)
		}
		at := offset + float64(wait*gap)
		if at >= length {
			p.kept = wait
			break
		}
		offset = at
		dst[n] = start + des.Time(offset)
	}
	p.offset, p.random.Source = offset, source
	return n
}

// leave spends what is left of the current piece from the hazard and enters the
// next one. In a ramp that brings the record before its end it stays, and
// returns −1.
func (p *poisson) leave(wait float64) float64 {
	c := &p.pieces[p.at]
	switch {
	case c.ramp:
		done, whole := c.hazard(p.offset)/p.clients, c.hazard(p.length)/p.clients
		if done+wait < whole {
			p.offset = c.unhazard((done + wait) * p.clients)
			return -1
		}
		wait -= whole - done
	case p.gap > 0:
		wait -= (p.length - p.offset) / p.gap
	}
	p.enter(p.at + 1)
	return max(wait, 0)
}
