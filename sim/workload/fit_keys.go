package workload

import "math"

// KeyFit is the law of keys that fits best.
type KeyFit struct {
	Kind string // unique, uniform, zipf or list

	S, Count Estimate // of zipf; Count of uniform as well
	Distance float64  // the largest gap between the law's cumulative shares by rank and the data's
}

// FitKeys finds a law of keys from how often each was seen, by two numbers that do
// not hang on which rank a key has: how many different keys there were, and how
// often two records have the same one. Ranks by what was seen would be wrong where
// keys are about as frequent, and make even keys look uneven. Where records come in
// sessions, it is those that have different keys or the same one.
func FitKeys(counts []int64, sessions SessionFit) KeyFit {
	n, seen, pairs := 0.0, float64(len(counts)), 0.0
	for _, c := range counts {
		n += float64(c)
		pairs += float64(c) * float64(c-1)
	}
	switch {
	case n == 0:
		return KeyFit{}
	case pairs == 0:
		return KeyFit{Kind: "unique", Count: Estimate{n, n, math.Inf(1)}}
	}
	same, draws := pairs/(n*(n-1)), n
	if sessions.Found {
		same, draws = sessions.Same, sessions.Draws
	}
	if draws <= seen || same == 0 {
		return KeyFit{Kind: "unique", Count: Estimate{seen, seen, math.Inf(1)}}
	}
	f := zipfOf(draws, seen, same)
	// What chance leaves open: both numbers, moved by their deviations under the fit.
	squares, third, missing := f.moments(draws)
	free := n / sessions.dispersion() // sessions differ in length
	dSame := math.Sqrt(max(0, 4*(third-squares*squares)/free+2*squares/(free*free)))
	dSeen := math.Sqrt(missing)
	fit := KeyFit{S: Estimate{f.s, f.s, f.s}, Count: Estimate{f.count, f.count, f.count}}
	for _, step := range [][2]float64{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
		g := zipfOf(draws, min(draws-1, max(1, seen+z95*step[1]*dSeen)), max(1/draws/draws, same+z95*step[0]*dSame))
		fit.S.Low, fit.S.High = min(fit.S.Low, g.s), max(fit.S.High, g.s)
		fit.Count.Low, fit.Count.High = min(fit.Count.Low, g.count), max(fit.Count.High, g.count)
	}
	fit.Count.Low = max(fit.Count.Low, seen)
	fit.Kind, fit.Distance = "zipf", f.distance(counts, n, sessions.dispersion())
	if even := (zipf{0, zipfCount(0, draws, seen)}); fit.S.Low <= 0.02 && even.distance(counts, n, sessions.dispersion()) < 0.05 {
		return KeyFit{Kind: "uniform", S: Estimate{0, 0, fit.S.High}, Count: Estimate{even.count, fit.Count.Low, max(even.count, fit.Count.High)}, Distance: even.distance(counts, n, sessions.dispersion())}
	}
	unknown := sessions.Found && fit.Count.High >= mostFitted // so few sessions have so many keys that there may be any number
	if fit.Distance > 0.1 || unknown || f.misses(counts, n, sessions.dispersion()) {
		fit.Kind = "list"
	}
	return fit
}

// misses tells whether the law is far off the most frequent key, which is the one that
// makes a shard hot: by a fifth, and by more than chance does with so many records at a time.
func (z zipf) misses(counts []int64, n, dispersion float64) bool {
	top := 0.0
	for _, c := range counts {
		top = max(top, float64(c))
	}
	law := n / z.total()
	return math.Abs(law-top) > 0.2*law && math.Abs(law-top) > 5*math.Sqrt(law*dispersion)
}

// zipf is a Zipf law of that many keys.
type zipf struct{ s, count float64 }

// mostFitted is the most keys that a fit looks for: as many as a producer may have.
const mostFitted = 10_000_000

// zipfOf solves for the law that is expected to show as many different keys among n
// records, and two alike as often. Both rise or fall evenly, so halving finds it.
func zipfOf(n, seen, same float64) zipf {
	low, high := 0.0, 6.0
	for range 40 {
		s := (low + high) / 2
		f := zipf{s, zipfCount(s, n, seen)}
		if squares, _, _ := f.moments(n); squares < same {
			low = s
		} else {
			high = s
		}
	}
	return zipf{(low + high) / 2, math.Round(zipfCount((low+high)/2, n, seen))}
}

// zipfCount is of how many keys with that exponent so many are seen among n records.
func zipfCount(s, n, seen float64) float64 {
	low, high := seen, float64(mostFitted)
	for range 30 {
		if high-low < 0.5 {
			break
		}
		middle := math.Sqrt(low * high)
		if (zipf{s, middle}).different(n) < seen-0.5 {
			low = middle
		} else {
			high = middle
		}
	}
	return max(low, 1)
}

// each calls f with pieces of the ranks: their number and the weight of each. The
// first ranks come one by one, further ones in pieces of a sixteenth.
func (z zipf) each(f func(number, weight float64)) {
	const single = 64
	i := 1.0
	for ; i <= min(single, z.count); i++ {
		f(1, math.Pow(i, -z.s))
	}
	for i <= z.count {
		to := min(math.Floor(i*1.0625), math.Floor(z.count))
		if to < i {
			break
		}
		f(to-i+1, math.Pow((i+to)/2, -z.s))
		i = to + 1
	}
}

func (z zipf) total() (sum float64) {
	z.each(func(number, weight float64) { sum += number * weight })
	return sum
}

// different is how many keys are expected among n records.
func (z zipf) different(n float64) (seen float64) {
	sum := z.total()
	z.each(func(number, weight float64) { seen += number * -math.Expm1(-n*weight/sum) })
	return seen
}

// moments are the sums of the squares and third powers of the shares, and the
// variance of how many keys are seen among n records.
func (z zipf) moments(n float64) (squares, thirds, missing float64) {
	sum := z.total()
	z.each(func(number, weight float64) {
		p := weight / sum
		squares += number * p * p
		thirds += number * p * p * p
		unseen := math.Exp(-n * p)
		missing += number * unseen * (1 - unseen)
	})
	return squares, thirds, missing
}

// distance is the largest gap between cumulative shares by rank. The data's ranks are
// by what was seen, which puts it too high where counts are small: chance alone makes
// gaps there, and only large ones count.
func (z zipf) distance(counts []int64, n, dispersion float64) (gap float64) {
	sorted := append([]int64(nil), counts...)
	sortDown(sorted)
	total, law, data := z.total(), 0.0, 0.0
	for i, c := range sorted {
		law += math.Pow(float64(i+1), -z.s) / total
		data += float64(c) / n
		if float64(c) < 10*dispersion {
			break
		}
		gap = max(gap, math.Abs(law-data))
	}
	return gap
}
