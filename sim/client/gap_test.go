package client

import (
	"testing"

	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// TestLastCallIsKnownOrNot: the last call that brought some is looked for as far back as all
// calls are known, and not beyond a span of too many.
func TestLastCallIsKnownOrNot(t *testing.T) {
	few := func(at ...des.Time) *sending { return &sending{sent: at, known: true} }
	for _, row := range []struct {
		name  string
		spans []*sending
		want  des.Time // 0: not known
	}{
		{"in the span under way", []*sending{few(110), few(210, 220)}, 210},
		{"in one before", []*sending{few(110), few(), few()}, 110},
		{"before the stretch", []*sending{few(), few()}, 10},
		{"behind a span of many", []*sending{few(110), {}, few()}, 0},
		{"later than asked", []*sending{few(110), few(230)}, 110},
	} {
		f := &flow{spans: row.spans, earlier: *few(10)}
		if at, ok := f.before(len(row.spans)-1, 1, 215, nil); at != row.want || ok != (row.want > 0) {
			t.Errorf("%s: %v (%v), want %v", row.name, at, ok, row.want)
		}
	}
}

// TestAgesAreThoseOfEachCall: what calls are told together is what each would be told by
// itself, with the same draws; where lots are not even, and behind the tip, what the log knows.
func TestAgesAreThoseOfEachCall(t *testing.T) {
	const second, logged = des.Time(1e9), des.Time(7)
	f := &flow{callers: countless + 1, stride: 3, loads: []Load{{Records: 90}, {Records: 80}, {}}}
	for i, even := range []bool{true, true, false} {
		f.spans = append(f.spans, &sending{number: i, between: 3e6, chances: []float64{0.01}, memoryless: even})
	}
	a := &arm{Confluence: &Confluence{ends: []des.Time{second, 2 * second, 3 * second}, even: []uint64{0b101}}}
	a.branches = []*branch{{flow: f}}
	var calls []kinesis.GetCall
	for i := range 300 {
		c := kinesis.GetCall{Now: des.Time(i) * second / 100, Visible: des.Time(i) * second / 100}
		c.Answer.To, c.Answer.Tip, c.Answer.Last = 1, i%7 > 0, logged
		calls = append(calls, c)
	}
	for _, flows := range []int{1, 2} { // which others say nothing
		for len(a.branches) < flows {
			a.branches = append(a.branches, &branch{flow: &flow{stride: 3, loads: make([]Load, 3)}})
		}
		ages, together, alone := make([]uint64, len(calls)), des.Stream(1, "gaps"), des.Stream(1, "gaps")
		a.ages(calls, ages, 0, together)
		for i, c := range calls {
			last := logged
			if span := a.spanAt(c.Now); span != 1 && c.Answer.Tip {
				last = a.last(0, span, c.Visible, alone)
			}
			if want := uint64(c.Now - last); ages[i] != want {
				t.Fatalf("%d flows: call %d: %d, want %d", flows, i, ages[i], want)
			}
		}
		if together.Source != alone.Source {
			t.Errorf("%d flows: not as many draws", flows)
		}
	}
}
