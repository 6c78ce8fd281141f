package client

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kinesim/sim/metric"
)

// TestAgesAndHowFarBehind: what is counted once for both is in both at the end of the lap,
// beside what is only in one.
func TestAgesAndHowFarBehind(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := &Consumer{}
		for group := range 2 {
			k.groups = append(k.groups, &readings{iteratorAge: k.IteratorAge.Lap(group), behind: k.Behind.Lap(group)})
		}
		var ages, behinds metric.Histogram
		for range rapid.IntRange(1, 3).Draw(t, "laps") {
			for range rapid.IntRange(0, 20).Draw(t, "calls") {
				age, behind := rapid.Uint64Range(0, 1e12).Draw(t, "age"), rapid.Bool().Draw(t, "behind")
				k.groups[rapid.IntRange(0, 1).Draw(t, "group")].reached(age, behind)
				ages.Add(age)
				if !behind {
					age = 0
				}
				behinds.Add(age)
			}
			k.EndLap()
		}
		got := []metric.Stats{k.IteratorAge.Total().Stats(1), k.Behind.Total().Stats(1)}
		if diff := cmp.Diff([]metric.Stats{ages.Stats(1), behinds.Stats(1)}, got); diff != "" {
			t.Fatal(diff)
		}
	})
}
