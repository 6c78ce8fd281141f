package workload

import (
	"fmt"
	"math"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
)

const (
	day = 24 * time.Hour
	// diurnalPiece is how long a diurnal rate stays the same: a period of
	// CloudWatch. The rate then moves by at most 0.44 % of its swing at a time.
	diurnalPiece = time.Minute
)

// Diurnal is a rate that goes up and down once in 24 hours as a sine with that
// mean does, from 0 to end; it is highest, at peak, at peakAt from the start of
// the run. Peak must lie between mean and twice the mean.
//
// It is cut into minutes. Each brings what the sine brings in it, to a millionth
// of a record, and whole days bring the mean exactly.
func Diurnal(mean, peak model.Rate, peakAt, end time.Duration) (Rate, error) {
	var r Rate
	if Constant(mean).Expected(des.Time(end)) > MaxRecords {
		return r, fmt.Errorf("the mean brings more than %d records by %v", int64(MaxRecords), end)
	}
	swing := diurnalSwing(peak.Hz()-mean.Hz(), peakAt)
	due := int64(0) // millionths of records before at
	for at := time.Duration(0); at < end; {
		next := min(at+diurnalPiece, end)
		by := model.MulDiv(int64(next), mean.Micro, int64(mean.Per)) + swing(next%day)
		whole := model.MulDiv(int64(at/day+1)*int64(day), mean.Micro, int64(mean.Per)) // by the end of the day
		by = min(max(by, due), whole)                                                  // where next to nothing arises, rounding may go back by a millionth
		if err := r.append(piece{start: des.Time(at), num: by - due, per: int64(next - at)}); err != nil {
			return Rate{}, err
		}
		r.pieces[len(r.pieces)-1].end = des.Time(next)
		at, due = next, by
	}
	if err := r.append(piece{start: des.Time(end), end: des.Forever, per: 1}); err != nil {
		return Rate{}, err
	}
	return r, nil
}

// diurnalSwing gives what a sine of that amplitude, in records a second, brings
// beyond its mean from the start of a day to an instant of it, in millionths:
// the integral of amplitude·cos(2π(t − peakAt)/day). It is 0 for whole days.
func diurnalSwing(amplitude float64, peakAt time.Duration) func(time.Duration) int64 {
	angle := func(at time.Duration) float64 { return 2 * math.Pi * (at - peakAt).Hours() / 24 }
	scale := amplitude * day.Seconds() / (2 * math.Pi) * micro
	start := math.Sin(angle(0))
	return func(at time.Duration) int64 { return int64(math.Round(scale * (math.Sin(angle(at)) - start))) }
}
