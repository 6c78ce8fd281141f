package client

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"kinesim/sim/des"
)

// TestParcelQueueIsAList holds the queue to a list that is sorted anew each time.
func TestParcelQueueIsAList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q parcelQueue
		for range 3 { // shards, one after the other
			var list []parcel
			number := int64(0)
			add := func(due int, push func(parcel)) {
				number++
				p := parcel{n: number, due: des.Time(due)}
				list = append(list, p)
				push(p)
			}
			flows := rapid.IntRange(0, 3).Draw(t, "flows")
			for range flows {
				due := 0
				for range rapid.IntRange(0, 9).Draw(t, "calls") {
					due += rapid.IntRange(0, 3).Draw(t, "gap")
					add(due, q.first)
				}
			}
			q.begin(flows > 1)
			for range rapid.IntRange(0, 9).Draw(t, "again") {
				add(rapid.IntRange(0, 20).Draw(t, "due"), q.push)
			}
			for len(list) > 0 {
				slices.SortStableFunc(list, func(a, b parcel) int { return int(a.due - b.due) })
				got, ok := q.pop()
				if !ok || got != list[0] {
					t.Fatalf("got %v due at %v, want %v due at %v", got.n, got.due, list[0].n, list[0].due)
				}
				if list = list[1:]; number < 60 && rapid.Bool().Draw(t, "refused") {
					add(int(got.due)+rapid.IntRange(0, 9).Draw(t, "wait"), q.push)
				}
			}
			if _, ok := q.pop(); ok {
				t.Fatal("more than was pushed")
			}
		}
	})
}
