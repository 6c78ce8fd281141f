package workload

import (
	"time"

	"kinesim/sim/des"
)

// Bursty lets records arise in bursts: a square wave, the same for all clients,
// that is on from the start of the run for On, then off for Off, and so on. While
// it is on, the rate is Factor times its mean; while it is off, it is lowered so
// that each turn of On and Off together brings what the rate brings in it. Within
// the wave, records arise independently of each other, as with Poisson.
//
// Factor is at least 1 and at most (On+Off)/On, where it is silent in between.
//
// The wave moves the records of the plain rate within their turn: an instant is
// pulled forward into the burst, or pushed behind it. So it takes any rate, and
// the records of a turn keep their number and their order. A step of the rate in
// the middle of a turn moves along.
type Bursty struct {
	On, Off time.Duration
	Factor  float64
}

// Start implements Arrivals.
func (b Bursty) Start(rate Rate, part Part, random *des.Rand) Process {
	return &bursty{even: Poisson{}.Start(rate, part, random), wave: b.wave()}
}

type bursty struct {
	even Process
	wave
}

// Plain is how much time of the plain rate has its records before an instant: of a burst
// more than has gone by.
func (b Bursty) Plain(at time.Duration) time.Duration {
	w := b.wave()
	return time.Duration(w.back(des.Time(at)))
}

// wave is what moves the records of a plain rate.
type wave struct {
	on, turn des.Time
	within   float64 // how much of a plain turn, in nanoseconds, falls to the burst
	factor   float64
	stretch  float64 // by how much the rest of a turn is drawn out; 0 when nothing is left
}

func (b Bursty) wave() wave {
	on, turn := float64(b.On), float64(b.On+b.Off)
	w := wave{on: des.Time(b.On), turn: des.Time(b.On + b.Off), within: min(b.Factor*on, turn), factor: b.Factor}
	if w.within < turn {
		w.stretch = float64(b.Off) / (turn - w.within)
	}
	return w
}

func (b *bursty) Fill(dst []des.Time) int {
	n := b.even.Fill(dst)
	for i, at := range dst[:n] {
		dst[i] = b.move(at)
	}
	return n
}

// move is where the wave puts a record of the plain rate.
func (b *wave) move(at des.Time) des.Time {
	since := at % b.turn
	start := at - since
	// Rounding must not carry a record out of its part of the turn.
	if x := float64(since); x < b.within || b.stretch == 0 {
		return start + min(des.Time(x/b.factor), b.on-1)
	}
	behind := (float64(since) - b.within) * b.stretch
	return start + min(b.on+des.Time(behind), b.turn-1)
}

// back is the instant of the plain rate whose records the wave moves to at: the
// inverse of move.
func (b *wave) back(at des.Time) des.Time {
	since := at % b.turn
	start := at - since
	if since < b.on || b.stretch == 0 {
		return start + des.Time(min(float64(since)*b.factor, b.within))
	}
	return start + des.Time(b.within+float64(float64(since-b.on)/b.stretch))
}
