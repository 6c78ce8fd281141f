package client

import (
	"testing"

	"kinesim/sim/des"
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
