package workload

import (
	"kinesim/sim/des"
)

// Flow is how many records a law of arrivals brings in a span, of all clients
// together: what coarse resolutions need to know of it, in place of the instant of
// each.
type Flow interface {
	// Mean is how many records are expected in [from, to).
	Mean(from, to des.Time) float64
	// Draw is how many there are.
	Draw(from, to des.Time, random *des.Rand) int64
	// Bend is the next instant after t at which the law changes; des.Forever: never.
	Bend(t des.Time) des.Time
	// Even tells whether Draw is Mean, but for the fraction of a record.
	Even() bool
}

// before is how many records, in millionths, are due before t.
func (r Rate) before(t des.Time) int64 {
	i := r.pieceAt(t)
	if i < 0 {
		return 0
	}
	return r.pieces[i].due(min(t, r.pieces[i].end))
}

// pieceAt is the number of the piece that holds t; −1 without one.
func (r Rate) pieceAt(t des.Time) int {
	from, to := 0, len(r.pieces) // the first piece that starts after t
	for from < to {
		if mid := (from + to) / 2; r.pieces[mid].start <= t {
			from = mid + 1
		} else {
			to = mid
		}
	}
	return from - 1
}

// bend is when the next piece after t starts.
func (r Rate) bend(t des.Time) des.Time {
	if i := r.pieceAt(t) + 1; i < len(r.pieces) {
		return r.pieces[i].start
	}
	return des.Forever
}

// Flow implements Arrivals.
func (Regular) Flow(rate Rate) Flow { return regularFlow{rate} }

type regularFlow struct{ rate Rate }

func (f regularFlow) Mean(from, to des.Time) float64 {
	return float64(f.rate.before(to)-f.rate.before(from)) / micro
}

// Draw counts the records k = 0, 1, 2 … that fall due in the span.
func (f regularFlow) Draw(from, to des.Time, _ *des.Rand) int64 {
	return (f.rate.before(to)+micro-1)/micro - (f.rate.before(from)+micro-1)/micro
}

func (f regularFlow) Bend(t des.Time) des.Time { return f.rate.bend(t) }
func (regularFlow) Even() bool                 { return true }

// Flow implements Arrivals.
func (Poisson) Flow(rate Rate) Flow { return poissonFlow{rate} }

type poissonFlow struct{ rate Rate }

func (f poissonFlow) Mean(from, to des.Time) float64 { return regularFlow(f).Mean(from, to) }
func (f poissonFlow) Bend(t des.Time) des.Time       { return f.rate.bend(t) }
func (poissonFlow) Even() bool                       { return false }

func (f poissonFlow) Draw(from, to des.Time, random *des.Rand) int64 {
	return PoissonCount(f.Mean(from, to), random)
}

// Flow implements Arrivals.
func (b Bursty) Flow(rate Rate) Flow { return burstyFlow{poissonFlow{rate}, b.wave()} }

// burstyFlow is the plain flow at the instants from which the wave moves records.
type burstyFlow struct {
	plain poissonFlow
	wave  wave
}

func (f burstyFlow) Mean(from, to des.Time) float64 {
	return f.plain.Mean(f.wave.back(from), f.wave.back(to))
}

func (f burstyFlow) Draw(from, to des.Time, random *des.Rand) int64 {
	return PoissonCount(f.Mean(from, to), random)
}

func (burstyFlow) Even() bool { return false }

// Bend is the next edge of the wave, or where it moves a bend of the plain rate.
func (f burstyFlow) Bend(t des.Time) des.Time {
	start := t - t%f.wave.turn
	edge := start + f.wave.on
	if edge <= t {
		edge = start + f.wave.turn
	}
	if bend := f.plain.Bend(f.wave.back(t)); bend != des.Forever {
		if at := f.wave.move(bend); at > t {
			edge = min(edge, at)
		}
	}
	return edge
}
