package workload_test

import (
	"math"
	"testing"

	"kinesim/model"
	"kinesim/sim/workload"
)

// TestSalted: the parts of a salted key take its weight together, evenly, under
// names of their own, and the other keys stay as they are.
func TestSalted(t *testing.T) {
	explicit := model.HashKey{Lo: 1}
	keys := workload.NewSalted(workload.List{{Name: "a", Weight: 1}, {Name: "hot", Weight: 6, Explicit: &explicit}, {Name: "b", Weight: 2, Explicit: &explicit}}, "hot", 3)
	want := map[string]float64{"a": 1, "hot-1": 2, "hot-2": 2, "hot-3": 2, "b": 2}
	if keys.Len() != len(want) {
		t.Errorf("%d keys", keys.Len())
	}
	for i := range keys.Len() {
		if keys.Weight(i) != want[keys.Name(i)] {
			t.Errorf("%s has weight %v", keys.Name(i), keys.Weight(i))
		}
		if _, ok := keys.Explicit(i); ok != (keys.Name(i) == "b") {
			t.Errorf("%s has an explicit hash key: %v", keys.Name(i), ok)
		}
	}
	if same := workload.NewSalted(workload.Ranked{Count: 3}, "hot", 3); same.Len() != 3 || same.Name(2) != "3" || same.Weight(1) != 1 {
		t.Errorf("a key that is not there changes %+v", same)
	}
	if none := workload.NewSalted(workload.Unique{}, "hot", 3); none.Len() != 0 {
		t.Errorf("unique keys have %d names", none.Len())
	}
}

// TestSaltedHot: the share of a hot key is spread as well, in its span.
func TestSaltedHot(t *testing.T) {
	hot := workload.SaltedHot([]workload.Hot{{Key: "x", Share: 0.1, To: 5}, {Key: "hot", Share: 0.3, From: 2, To: 9}}, "hot", 3)
	if len(hot) != 4 || hot[0].Key != "x" || hot[3].Key != "hot-3" {
		t.Fatalf("%+v", hot)
	}
	for _, h := range hot[1:] {
		if math.Abs(h.Share-0.1) > 1e-12 || h.From != 2 || h.To != 9 {
			t.Errorf("%+v", h)
		}
	}
}
