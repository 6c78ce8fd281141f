package plan

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"kinesim/model/analytic"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/des"
)

// find is the cheapest candidate of each way, those first that hold, the cheapest of them
// first.
type find struct {
	candidate
	holds bool
	cost  float64
}

// search finds the least number of shards of each way.
func (b *bench) search() ([]find, error) {
	found, errs := make([]find, len(b.problem.Ways)), make([]error, len(b.problem.Ways))
	var group sync.WaitGroup
	for i := range found {
		group.Go(func() {
			if found[i], errs[i] = b.least(i); errs[i] != nil {
				errs[i] = fmt.Errorf("%s: %w", b.problem.Ways[i].Name, errs[i])
			}
		})
	}
	group.Wait()
	if err := cmp.Or(errs...); err != nil {
		return nil, err
	}
	ranked(found)
	return found, nil
}

// ranked puts those first that hold, the cheapest of them first.
func ranked(found []find) {
	slices.SortStableFunc(found, func(a, c find) int {
		if a.holds != c.holds {
			if a.holds {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.cost, c.cost)
	})
}

// least is the least number of shards of a way that holds. It begins at the closed form,
// doubles or halves until the answer lies between two numbers, bisects, and looks at the
// numbers just below, as maps of one shard less may happen to suit the keys better.
func (b *bench) least(way int) (find, error) {
	p := b.problem
	if p.Ways[way].Map == nil {
		return b.judge(candidate{way, 0})
	}
	low, high := p.Least-1, 0 // low does not hold, or is not allowed; high holds, once it is known
	n := min(max(p.guess(way), p.Least), p.Most)
	for high == 0 {
		holds, err := b.holds(candidate{way, n}, true)
		switch {
		case err != nil:
			return find{}, err
		case holds:
			high = n
		case n == p.Most:
			return b.judge(candidate{way, n})
		default:
			low, n = n, min(2*n, p.Most)
		}
	}
	for step := 1; high-low > 1; step *= 2 {
		middle := low + (high-low)/2
		if low < p.Least { // nothing below is known: down in growing steps, as the closed form is near
			middle = max(p.Least, high-step)
		}
		holds, err := b.holds(candidate{way, middle}, true)
		if err != nil {
			return find{}, err
		}
		if holds {
			high = middle
		} else {
			low = middle
		}
	}
	high, err := b.islands(way, high)
	if err == nil {
		high, err = b.farIslands(way, high)
	}
	if err == nil {
		high, err = b.refine(way, high)
	}
	if err != nil {
		return find{}, err
	}
	return b.judge(candidate{way, high})
}

// neighbours is how many numbers below the least one are looked at as well.
const neighbours = 3

// islands looks for a number a little below that holds although one between does not.
func (b *bench) islands(way, least int) (int, error) {
	for n := least - 2; n >= max(b.problem.Least, least-1-neighbours); n-- {
		holds, err := b.holds(candidate{way, n}, true)
		if err != nil {
			return 0, err
		}
		if holds {
			return b.islands(way, n)
		}
	}
	return least, nil
}

// The scan for islands by the closed form is bounded, in keys times maps and in runs.
const (
	mostScanned = 100_000_000
	mostIslands = 12
)

// farIslands looks further down for numbers whose even map happens to suit the keys: where the
// fullest shard is no fuller by the weights of the keys than with the least number so far. With
// keys as Zipf's those may lie far below numbers that do not hold.
func (b *bench) farIslands(way, least int) (int, error) {
	w := &b.problem.Ways[way]
	load := LoadOf(w.Config)
	if len(load.Keys) == 0 || len(load.Keys)*least > mostScanned {
		return least, nil
	}
	bar, tried, most := max(1, load.Hottest(w.Map(least))), 0, mostIslands
	if offered(w.Config) > searchWork {
		most /= 4
	}
	for n := b.problem.Least; n < least && tried < most; n++ {
		if load.Hottest(w.Map(n)) > bar {
			continue
		}
		tried++
		holds, err := b.holds(candidate{way, n}, true)
		if err != nil {
			return 0, err
		}
		if holds {
			return n, nil
		}
	}
	return least, nil
}

// judge says whether a candidate holds, and what it costs.
func (b *bench) judge(c candidate) (find, error) {
	holds, err := b.holds(c, false)
	if err != nil {
		return find{}, err
	}
	first, err := b.play(c, 1)
	return find{c, holds, first.cost}, err
}

// guess is the number of shards that the closed form gives for the highest rates of the
// scenario, with the usual headroom.
func (p *Problem) guess(way int) int {
	c := p.Ways[way].Config
	load := analytic.Load{}
	load.Records, load.Bytes = PeakLoad(c)
	for _, k := range c.Consumers {
		if !k.Kind.Fanout() {
			load.Classic++
		}
	}
	n, _ := analytic.Shards(load, c.Limits)
	return p.suited(way, int(math.Ceil(float64(n)/0.9)))
}

// suited is the next number of shards from n on whose map has no shard that the keys ask too much
// of, by their weights; n where there is none near, or where the scan would take long.
func (p *Problem) suited(way, n int) int {
	w := &p.Ways[way]
	load := LoadOf(w.Config)
	if len(load.Keys) == 0 {
		return n
	}
	for more, scanned := n, 0; more <= p.Most && scanned < mostScanned; more++ {
		if load.Hottest(w.Map(more)) <= 1 {
			return more
		}
		scanned += len(load.Keys) + more
	}
	return n
}

// Peak is the highest rate of a producer in records a second, and about how many bytes
// its records have on average. Of a trace it is the mean rate, and half the largest size.
func Peak(p *client.ProducerConfig, span time.Duration) (rate, bytes float64) {
	if p.Trace != nil {
		f := p.Trace.Facts()
		return float64(f.Records) / max(span.Seconds(), 1), float64(f.Largest) / 2
	}
	return p.Rate.Peak(des.Time(span)), p.Size.Mean()
}

// PeakLoad is the records and bytes a second of a scenario's producers together, each at
// its highest rate.
func PeakLoad(c *sim.Config) (records, bytes float64) {
	for i := range c.Producers {
		rate, size := Peak(&c.Producers[i], c.Clock.Duration)
		records += rate
		bytes += float64(rate * size)
	}
	return records, bytes
}

// Find plans. When ctx ends before the answer is known, that is an error.
func Find(ctx context.Context, p *Problem) (*Plan, error) {
	if len(p.Worlds) > 0 {
		return p.robust(ctx)
	}
	b := newBench(ctx, p)
	found, err := b.search()
	if err != nil {
		return nil, err
	}
	return b.conclude(found, found)
}
