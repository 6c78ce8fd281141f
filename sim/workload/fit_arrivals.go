package workload

import (
	"math"
	"sort"
	"time"
)

// ArrivalFit is the law of arrivals that fits best.
type ArrivalFit struct {
	Law  Arrivals
	Kind string // poisson, regular or bursty

	// Dispersion is the variance of counts over their mean in bins of Bin, within
	// stretches short enough for the rate not to change: 1 for Poisson, about 0 for
	// regular arrivals, more for bursts.
	Dispersion Estimate
	Bin        time.Duration
	Fine       bool // bins are short enough to tell regular from Poisson

	On, Off time.Duration // of bursty, good to Grain
	Grain   time.Duration
	Factor  Estimate
	Phase   time.Duration // when the first burst begins; the law's begin with the run
}

const (
	fitBins   = 1024 // that are looked at on one scale
	enoughFit = 60.0 // twice the gain in log likelihood that chance does not bring in so many tries
)

// FitArrivals finds a law of arrivals from counts in bins of one width. Sessions make
// counts vary more, so that it takes more to tell a wave from chance.
func FitArrivals(counts []int64, width time.Duration, sessions SessionFit) ArrivalFit {
	enough := enoughFit * sessions.dispersion()
	fit := ArrivalFit{Law: Poisson{}, Kind: "poisson", Bin: width}
	sum := int64(0)
	for _, c := range counts {
		sum += c
	}
	if sum < 20 || len(counts) < 8 {
		fit.Dispersion = Estimate{1, 0, math.Inf(1)}
		return fit
	}
	each := 1 // bins in one, so that some records are in each
	for float64(sum)*float64(each) < 4*float64(len(counts)) {
		each *= 2
	}
	bins := joined(counts, each)
	fit.Bin = width * time.Duration(each)
	fit.Dispersion = dispersion(bins)
	fit.Fine = true
	if fit.Dispersion.High < 0.6 {
		fit.Law, fit.Kind = Regular{}, "regular"
		return fit
	}
	var best fittedWave
	unit := fit.Bin
	for scale := bins; len(scale) >= 32; scale, unit = joined(scale, 4), unit*4 {
		part := scale[:min(len(scale), fitBins)]
		w := findWave(part)
		if w.gain > best.gain {
			best = w
			best.unit = unit
		}
	}
	if 2*best.gain < enough {
		return fit
	}
	if best = best.closer(counts, width); 2*best.gain < enough {
		return fit
	}
	return best.tell(fit, width)
}

// joined adds up neighbours; what is left over at the end goes.
func joined(counts []int64, each int) []int64 {
	out := make([]int64, len(counts)/each)
	for i := range out {
		for _, c := range counts[i*each : (i+1)*each] {
			out[i] += c
		}
	}
	return out
}

// dispersion is the variance over the mean within stretches of 32 bins.
func dispersion(bins []int64) Estimate {
	const stretch = 32
	ratio, weight, free := 0.0, 0.0, 0.0
	for i := 0; i+8 <= len(bins); i += stretch {
		part := bins[i:min(i+stretch, len(bins))]
		mean, square := 0.0, 0.0
		for _, c := range part {
			mean += float64(c) / float64(len(part))
		}
		for _, c := range part {
			square += (float64(c) - mean) * (float64(c) - mean)
		}
		if mean == 0 {
			continue
		}
		k := float64(len(part) - 1)
		ratio += square / mean
		weight += k
		free += k
	}
	if weight == 0 {
		return Estimate{1, 0, math.Inf(1)}
	}
	d := ratio / weight
	return about(d, d*math.Sqrt(2/free))
}

// fittedWave is a square wave over bins: on for so many from a phase on, of each turn.
type fittedWave struct {
	turn, on, phase int
	gain            float64 // of log likelihood over an even rate
	share           float64 // of the records that fall into bursts
	records         float64
	unit            time.Duration // of turn, on and phase; of what closer gives, the whole turn
}

// findWave tries all waves. Of turns that are about as good the shortest is taken,
// since its multiples are as good.
func findWave(bins []int64) fittedWave {
	var best fittedWave
	found := make([]fittedWave, 0, len(bins)/4)
	for turn := 4; turn <= len(bins)/4; turn++ {
		profile, turns := make([]float64, turn), make([]float64, turn)
		for i, c := range bins {
			profile[i%turn] += float64(c)
			turns[i%turn]++
		}
		w := bestBurst(profile, turns)
		found = append(found, w)
		if w.gain > best.gain {
			best = w
		}
	}
	for _, w := range found {
		if w.gain > 0.9*best.gain {
			return w
		}
	}
	return best
}

// bestBurst finds the stretch of a turn that is best told apart from the rest.
func bestBurst(profile, bins []float64) (best fittedWave) {
	all, n := 0.0, 0.0
	for i := range profile {
		all, n = all+profile[i], n+bins[i]
	}
	level := func(records, bins float64) float64 {
		if records == 0 {
			return 0
		}
		return records * math.Log(records/bins)
	}
	even := level(all, n)
	for from := range profile {
		in, width := 0.0, 0.0
		for on := 1; on < len(profile); on++ {
			at := (from + on - 1) % len(profile)
			in, width = in+profile[at], width+bins[at]
			if in/width <= all/n {
				continue
			}
			if gain := level(in, width) + level(all-in, n-width) - even; gain > best.gain {
				part := float64(on) / float64(len(profile))
				high, low := part*in/width, (1-part)*(all-in)/(n-width) // of a whole turn, where the data end within one
				best = fittedWave{turn: len(profile), on: on, phase: from, gain: gain, share: high / (high + low), records: all}
			}
		}
	}
	return best
}

// folded is how many records of counts fall into each of so many parts of a turn, and how
// many bins.
func folded(counts []int64, width, turn time.Duration, parts int) (profile, bins []float64) {
	profile, bins = make([]float64, parts), make([]float64, parts)
	for k, c := range counts {
		at := time.Duration(k)*width + width/2
		p := min(int(float64(at%turn)/float64(turn)*float64(parts)), parts-1)
		profile[p] += float64(c)
		bins[p]++
	}
	return profile, bins
}

// closer finds the turn so well that the last one is not off by a bin, and its parts. Single
// bins may hold few records: all turns together have enough.
func (w fittedWave) closer(counts []int64, width time.Duration) fittedWave {
	const grains, finest = 240, 4096 // of a turn
	turn, step := time.Duration(w.turn)*w.unit, w.unit
	turns := time.Duration(len(counts))*width/turn + 1
	best := fittedWave{}
	for round := 0; round < 3 || step*turns > width && round < 8; round++ { // each time closer
		center := turn
		for i := -12; i <= 12; i++ {
			try := center + time.Duration(i)*step/12
			if try < 4*width {
				continue
			}
			b := bestBurst(folded(counts, width, try, int(min(grains, try/width))))
			if b.gain > best.gain {
				best, turn = b, try
			}
		}
		step /= 8
	}
	if parts := int(min(finest, turn/width)); parts > grains {
		best = bestBurst(folded(counts, width, turn, parts))
	}
	best.unit = turn
	return best
}

// tell writes a wave, whose unit is its turn, as a law.
func (w fittedWave) tell(fit ArrivalFit, width time.Duration) ArrivalFit {
	turn := w.unit
	fit.Grain = max(width, turn/time.Duration(w.turn))
	fit.On = (turn * time.Duration(w.on) / time.Duration(w.turn)).Round(time.Millisecond)
	fit.On = min(max(fit.On, time.Millisecond), turn-time.Millisecond)
	fit.Off = (turn - fit.On).Round(time.Millisecond)
	fit.Phase = turn * time.Duration(w.phase) / time.Duration(w.turn)
	part := float64(w.on) / float64(w.turn)
	p, edge := w.share, float64(fit.Grain)/float64(fit.On)
	half := z95*math.Sqrt(p*(1-p)/w.records)/part + p/part*edge/2
	fit.Factor = Estimate{min(p/part, 1/part), max(1, p/part-half), min(p/part+half, 1/part+edge)}
	fit.Law, fit.Kind = Bursty{On: fit.On, Off: fit.Off, Factor: fit.Factor.Value}, "bursty"
	return fit
}

// sortDown sorts from the largest on.
func sortDown(counts []int64) {
	sort.Slice(counts, func(i, j int) bool { return counts[i] > counts[j] })
}
