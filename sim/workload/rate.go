package workload

import (
	"fmt"
	"math"
	"sort"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
)

// Micro is a number of records in millionths: fine enough for any rate that
// people write, and whole, so that totals are exact.
const micro = 1_000_000

// Rate is how many records a producer offers over time: pieces of constant or
// evenly changing rate, one after the other from the start of the run. The zero
// Rate offers nothing.
type Rate struct{ pieces []piece }

// piece is a stretch of the run. base counts the records, in millionths, that
// were due before it. A constant piece brings num millionths in each per
// nanoseconds, exactly; a ramp goes from rate a to rate b, in records a
// nanosecond.
type piece struct {
	start, end des.Time
	base       int64
	num, per   int64
	ramp       bool
	a, b       float64
}

// Constant is the same rate for ever.
func Constant(r model.Rate) Rate {
	return Rate{[]piece{{start: 0, end: des.Forever, num: r.Micro, per: int64(r.Per)}}}
}

// MaxRecords is the most records that one producer may offer in a run.
const MaxRecords = 1_000_000_000_000

// mostDue is where one piece saturates, in millionths: beyond any legal total,
// and with one before it still within 63 bits.
const mostDue = 4 * MaxRecords * micro

// append closes the last piece at p.start, counts what it brought, and adds p.
func (r *Rate) append(p piece) error {
	if n := len(r.pieces); n > 0 {
		last := &r.pieces[n-1]
		last.end = p.start
		due := last.due(p.start)
		if due > MaxRecords*micro {
			return fmt.Errorf("more than %d records by %v", int64(MaxRecords), p.start)
		}
		p.base = due
	}
	r.pieces = append(r.pieces, p)
	return nil
}

// due is how many records, in millionths and rounded down, are due before t,
// which lies in the piece.
func (p *piece) due(t des.Time) int64 {
	x := int64(t - p.start)
	if p.ramp {
		return p.base + int64(min(math.Round(p.hazard(float64(x))*micro), mostDue))
	}
	return p.base + min(model.MulDiv(x, p.num, p.per), mostDue)
}

// hazard is how many records a ramp brings in its first x nanoseconds.
func (p *piece) hazard(x float64) float64 {
	slope := (p.b - p.a) / float64(p.end-p.start)
	return float64(p.a*x) + float64(float64(slope*x)*x)/2
}

// unhazard is when a ramp has brought n records: nanoseconds from its start.
func (p *piece) unhazard(n float64) float64 {
	slope := (p.b - p.a) / float64(p.end-p.start)
	root := math.Sqrt(max(0, float64(p.a*p.a)+float64(float64(2*slope)*n)))
	if p.a+root == 0 {
		return 0
	}
	return 2 * n / (p.a + root) // the form of the quadratic's root that does not cancel
}

// Times is the rate so many times as high; factor is taken to a thousandth.
func (r Rate) Times(factor float64) (Rate, error) {
	thousandths := int64(math.Round(factor * 1000))
	var scaled Rate
	for _, p := range r.pieces {
		p.num = model.MulDiv(p.num, thousandths, 1000)
		p.a, p.b = float64(p.a*float64(thousandths))/1000, float64(p.b*float64(thousandths))/1000
		end := p.end
		if err := scaled.append(p); err != nil {
			return Rate{}, err
		}
		scaled.pieces[len(scaled.pieces)-1].end = end
	}
	return scaled, nil
}

// Expected is the number of records that the rate brings in [0, end).
func (r Rate) Expected(end des.Time) float64 {
	for i := len(r.pieces) - 1; i >= 0; i-- {
		if p := &r.pieces[i]; p.start < end {
			if p.ramp && end < p.end {
				return float64(p.base)/micro + p.hazard(float64(end-p.start))
			}
			return float64(p.due(min(end, p.end))) / micro
		}
	}
	return 0
}

// Peak is the highest rate in [0, end), in records a second.
func (r Rate) Peak(end des.Time) float64 {
	peak := 0.0
	for _, p := range r.pieces {
		if p.start >= end {
			break
		}
		switch {
		case p.ramp:
			peak = max(peak, p.a*1e9, p.b*1e9)
		case p.per > 0:
			peak = max(peak, float64(p.num)/micro/float64(p.per)*1e9)
		}
	}
	return peak
}

// brings tells whether the piece brings record number n, given that the pieces
// before do not.
func (p *piece) brings(n int64) bool {
	if p.end == des.Forever {
		return p.num > 0
	}
	return p.due(p.end) > n*micro
}

// whenDue is the instant at which record number n (0, 1, …) is due in piece p.
func (p *piece) whenDue(n int64) des.Time {
	if p.ramp {
		return p.start + des.Time(p.unhazard(float64(n*micro-p.base)/micro))
	}
	return p.start.Add(time.Duration(model.MulDiv(n*micro-p.base, p.per, p.num)))
}

// Step is a change of rate: at an instant the rate begins to go to a new value
// and reaches it after Ramp.
type Step struct {
	At   time.Duration
	Rate model.Rate
	Ramp time.Duration
}

// Steps is a rate that changes at given instants. Before the first step nothing
// is offered. Steps must be in order, and a ramp must end before the next step.
func Steps(steps []Step) (Rate, error) {
	var r Rate
	previous := 0.0
	if len(steps) == 0 {
		return r, fmt.Errorf("steps needs at least one step")
	}
	if steps[0].At > 0 {
		r.pieces = append(r.pieces, piece{per: 1})
	}
	for i, s := range steps {
		if i+1 < len(steps) && s.At+s.Ramp > steps[i+1].At {
			if s.Ramp > 0 {
				return r, fmt.Errorf("the ramp that starts at %v ends at %v, after the next step at %v", s.At, s.At+s.Ramp, steps[i+1].At)
			}
			return r, fmt.Errorf("step at %v comes after step at %v: steps go in order of time", s.At, steps[i+1].At)
		}
		target := s.Rate.Hz() / 1e9
		start := des.Time(s.At)
		if s.Ramp > 0 {
			ramp := piece{start: start, end: start.Add(s.Ramp), ramp: true, a: previous, b: target}
			if err := r.append(ramp); err != nil {
				return r, err
			}
			start = ramp.end
		}
		if err := r.append(piece{start: start, end: des.Forever, num: s.Rate.Micro, per: int64(s.Rate.Per)}); err != nil {
			return r, err
		}
		previous = target
	}
	return r, nil
}

// Count is one row of a rate file: so many records from At to the next row.
type Count struct {
	At      time.Duration
	Records float64
}

// Counts is a rate given as record counts over stretches of time, each spread
// evenly over its stretch: a count holds from its instant to the next one's, the
// last for the median spacing (for the whole run, where there is no other). The
// first must be at 0. With regular arrivals the totals come out exactly.
func Counts(rows []Count) (Rate, error) {
	var r Rate
	if len(rows) == 0 {
		return r, fmt.Errorf("no rows")
	}
	spacing := medianSpacing(rows)
	for i, row := range rows {
		next := row.At + spacing
		if i+1 < len(rows) {
			next = rows[i+1].At
		}
		if next <= row.At {
			return r, fmt.Errorf("row %d is not later than the row before", i+2)
		}
		if row.Records < 0 || math.IsNaN(row.Records) || row.Records > MaxRecords {
			return r, fmt.Errorf("row %d holds %v records; 0 to %d", i+1, row.Records, int64(MaxRecords))
		}
		p := piece{start: des.Time(row.At), end: des.Time(next), num: int64(math.Round(row.Records * micro)), per: int64(next - row.At)}
		if err := r.append(p); err != nil {
			return r, err
		}
	}
	last := r.pieces[len(r.pieces)-1].end
	return r, r.append(piece{start: last, end: des.Forever, per: 1})
}

// medianSpacing is the median distance of neighbouring rows; a minute for a
// single row, as CloudWatch counts.
func medianSpacing(rows []Count) time.Duration {
	if len(rows) < 2 {
		return time.Minute
	}
	gaps := make([]time.Duration, len(rows)-1)
	for i := range gaps {
		gaps[i] = rows[i+1].At - rows[i].At
	}
	sort.Slice(gaps, func(i, j int) bool { return gaps[i] < gaps[j] })
	return gaps[len(gaps)/2]
}
