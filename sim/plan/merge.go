package plan

import (
	"fmt"
	"slices"
)

// MostParts bounds into how many parts a sweep may be cut.
const MostParts = 10_000

// Merge puts the parts of a sweep together. missing are the numbers of the parts that are
// not there; err is about parts that are not of one sweep, or that are not whole.
func Merge(parts []*Sweep) (whole *Sweep, missing []int, err error) {
	if len(parts) == 0 || parts[0].Part == nil {
		return nil, nil, fmt.Errorf("no parts of a sweep")
	}
	first := parts[0]
	n := first.Part.N
	if n < 1 || n > MostParts {
		return nil, nil, fmt.Errorf("a part of %d; a sweep has 1 to %d", n, MostParts)
	}
	if len(first.Axes) == 0 || len(first.Metrics) == 0 {
		return nil, nil, fmt.Errorf("a part without axes or metrics")
	}
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
	merged := *first
	merged.Part, merged.Cells = nil, nil
	for i, p := range byNumber {
		if p == nil {
			missing = append(missing, i+1)
			continue
		}
		if want := p.Size(); len(p.Cells) != want {
			return nil, nil, fmt.Errorf("part %d of %d has %d of its %d cells: it was interrupted", p.Part.I, n, len(p.Cells), want)
		}
		for k := range p.Cells {
			if !p.Owns(&p.Cells[k]) {
				return nil, nil, fmt.Errorf("part %d of %d: cell %d is none of its sweep", p.Part.I, n, p.Cells[k].Index)
			}
		}
		merged.Cells = append(merged.Cells, p.Cells...)
	}
	slices.SortFunc(merged.Cells, func(a, b Cell) int { return a.Index - b.Index })
	for k := 1; k < len(merged.Cells); k++ {
		if merged.Cells[k].Index == merged.Cells[k-1].Index {
			return nil, nil, fmt.Errorf("cell %d is there twice", merged.Cells[k].Index)
		}
	}
	return &merged, missing, nil
}

// alike tells whether two parts are of one sweep.
func alike(a, b *Sweep) bool {
	return a.Format == b.Format && a.Version == b.Version && a.Scenario == b.Scenario && a.DataSHA256 == b.DataSHA256 && a.Seed == b.Seed && a.Runs == b.Runs && a.Listed == b.Listed &&
		a.Part.N == b.Part.N && a.Reproduce == b.Reproduce && slices.Equal(a.Metrics, b.Metrics) &&
		slices.EqualFunc(a.Axes, b.Axes, func(x, y Axis) bool { return x.Path == y.Path && slices.Equal(x.Values, y.Values) })
}
