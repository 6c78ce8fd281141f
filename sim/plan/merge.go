package plan

import (
	"fmt"
	"slices"
)

// Merge puts the parts of a sweep together. missing are the numbers of the parts that are
// not there; err is about parts that are not of one sweep, or that are not whole.
func Merge(parts []*Sweep) (whole *Sweep, missing []int, err error) {
	if len(parts) == 0 || parts[0].Part == nil {
		return nil, nil, fmt.Errorf("no parts of a sweep")
	}
	first := parts[0]
	n := first.Part.N
	byNumber := make([]*Sweep, n)
	for _, p := range parts {
		switch {
		case p.Part == nil:
			return nil, nil, fmt.Errorf("a whole sweep among the parts")
		case !alike(p, first):
			return nil, nil, fmt.Errorf("part %d of %d is of another sweep than part %d of %d", p.Part.I, p.Part.N, first.Part.I, n)
		case p.Part.I < 1 || p.Part.I > n:
			return nil, nil, fmt.Errorf("part %d of %d", p.Part.I, n)
		}
		byNumber[p.Part.I-1] = p
	}
	cells, err := Cells(first.Axes, first.Listed)
	if err != nil {
		return nil, nil, err
	}
	merged := *first
	merged.Part, merged.Cells = nil, nil
	for i, p := range byNumber {
		if p == nil {
			missing = append(missing, i+1)
			continue
		}
		want := 0
		for k := range cells {
			if p.Part.Takes(k) {
				want++
			}
		}
		if len(p.Cells) != want {
			return nil, nil, fmt.Errorf("part %d of %d has %d of its %d cells: it was interrupted", p.Part.I, n, len(p.Cells), want)
		}
		merged.Cells = append(merged.Cells, p.Cells...)
	}
	slices.SortFunc(merged.Cells, func(a, b Cell) int { return a.Index - b.Index })
	return &merged, missing, nil
}

// alike tells whether two parts are of one sweep.
func alike(a, b *Sweep) bool {
	return a.Format == b.Format && a.Version == b.Version && a.Scenario == b.Scenario && a.Seed == b.Seed && a.Runs == b.Runs && a.Listed == b.Listed &&
		a.Part.N == b.Part.N && a.Reproduce == b.Reproduce && slices.Equal(a.Metrics, b.Metrics) &&
		slices.EqualFunc(a.Axes, b.Axes, func(x, y Axis) bool { return x.Path == y.Path && slices.Equal(x.Values, y.Values) })
}
