package sim

import (
	"fmt"
	"slices"

	"kinesim/sim/metric"
)

// matcher finds the measures that both sides have.
type matcher struct {
	base, head *Group
	rules      []Rule
	all        bool
	diff       *Diff
	partner    []int // of each run of base, the run of head with its seed; nil where runs are not paired
}

// pair decides how to compare. Runs of one seed share their draws, as each actor has a
// random stream of its own by name; where each run of the smaller side has a partner,
// luck cancels out.
func (m *matcher) pair() {
	d := m.diff
	var partner []int
	for _, seed := range m.base.Seeds {
		k := slices.Index(m.head.Seeds, seed)
		if partner = append(partner, k); k >= 0 {
			d.Pairs++
		}
	}
	least := min(m.base.Runs, m.head.Runs)
	switch {
	case least < 2:
		d.Test, d.Pairs = "exact", 0
		d.Warnings = append(d.Warnings, "one run has no interval: these differences are exact for their seeds, and other seeds may give others; --runs 20 tells")
		return
	case d.Pairs == least:
		d.Test, m.partner = "paired", partner
	default:
		d.Test, d.Pairs = "welch", 0
	}
	if least < fewRuns {
		d.Warnings = append(d.Warnings, fmt.Sprintf("%d runs are few: intervals are wide, and what is called noise may be a change", least))
	}
}

// rows makes a row of each measure that is wanted.
func (m *matcher) rows() {
	base, head := index(m.base), index(m.head)
	d := m.diff
	for i := range m.base.samples {
		b := &m.base.samples[i]
		h := head[b.key()]
		switch {
		case !m.wanted(b):
		case h != nil:
			if !b.Judged && base[sampleKey{b.measure(), true}] != nil && head[sampleKey{b.measure(), true}] != nil {
				continue // an expectation has it already
			}
			if r, ok := m.row(b, h); ok {
				d.Rows = append(d.Rows, r)
			}
		case head[sampleKey{b.measure(), false}] == nil || base[sampleKey{b.measure(), false}] == nil:
			d.OnlyBase = append(d.OnlyBase, b.gone())
		}
	}
	for i := range m.head.samples {
		h := &m.head.samples[i]
		if base[h.key()] == nil && m.wanted(h) && (head[sampleKey{h.measure(), false}] == nil || base[sampleKey{h.measure(), false}] == nil) {
			d.OnlyHead = append(d.OnlyHead, h.gone())
		}
	}
}

func index(g *Group) map[sampleKey]*Sample {
	found := map[sampleKey]*Sample{}
	for i := range g.samples {
		found[g.samples[i].key()] = &g.samples[i]
	}
	return found
}

func (s *Sample) gone() Gone { return Gone{s.Metric, s.Stat, s.Where, s.During} }

func (m *matcher) wanted(s *Sample) bool {
	return m.all || s.headline() || slices.ContainsFunc(m.rules, func(r Rule) bool { return r.about(s.measure()) })
}

// row compares one measure; ok is false where no run of either side measured it.
func (m *matcher) row(b, h *Sample) (r Delta, ok bool) {
	base, head := m.values(b, h)
	r = Delta{Metric: b.Metric, Stat: b.Stat, Where: b.Where, During: b.During, Unit: b.Unit, BaseN: len(base), HeadN: len(head)}
	switch {
	case len(base) == 0 && len(head) == 0:
		return r, false
	case len(head) == 0:
		m.diff.OnlyBase = append(m.diff.OnlyBase, b.gone())
		return r, false
	case len(base) == 0:
		m.diff.OnlyHead = append(m.diff.OnlyHead, h.gone())
		return r, false
	case len(base) < 2 || len(head) < 2:
		r.Base, _, _ = metric.Interval95(base)
		r.Head, _, _ = metric.Interval95(head)
		r.Delta = r.Head - r.Base
	default:
		test := metric.Welch
		if m.partner != nil {
			test = metric.Paired
		}
		x := test(base, head)
		r.Base, r.Head, r.Delta, r.CI95Low, r.CI95High, r.P = x.Base, x.Head, x.Delta, &x.Low, &x.High, &x.P
		if x.P == 1 && x.Low == x.High { // what rounding left of equal numbers
			r.Delta = 0
		}
	}
	if r.Base != 0 {
		relative := r.Delta / r.Base
		r.Relative = &relative
	}
	return r, true
}

// values are what the runs measured: in pairs, or each side by itself.
func (m *matcher) values(b, h *Sample) (base, head []float64) {
	if m.partner == nil {
		return measured(b.Values), measured(h.Values)
	}
	for i, k := range m.partner {
		if k >= 0 && b.Values[i] != nil && h.Values[k] != nil {
			base, head = append(base, *b.Values[i]), append(head, *h.Values[k])
		}
	}
	if len(base) > 0 {
		return base, head
	}
	return measured(b.Values), measured(h.Values) // to tell which side has none
}

func measured(values []*float64) (found []float64) {
	for _, v := range values {
		if v != nil {
			found = append(found, *v)
		}
	}
	return found
}
