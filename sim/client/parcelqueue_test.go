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
			from := des.Time(rapid.IntRange(0, 10).Draw(t, "from"))
			to := from + des.Time(rapid.SampledFrom([]int{1, 30, 3_000, 1e9}).Draw(t, "span"))
			var list []parcel
			number := int64(0)
			push := func(due des.Time) {
				number++
				p := parcel{n: number, due: due}
				list = append(list, p)
				q.push(p)
			}
			q.begin(from, to)
			for range rapid.IntRange(0, 30).Draw(t, "parcels") { // some have been due before, at a closed shard
				push(des.Time(rapid.IntRange(0, int(min(to, from+20))-1).Draw(t, "due")))
			}
			for len(list) > 0 {
				slices.SortStableFunc(list, func(a, b parcel) int { return int(a.due - b.due) })
				i, ok := q.pop()
				if got := q.store[i]; !ok || got.n != list[0].n {
					t.Fatalf("got %v due at %v, want %v due at %v", got.n, got.due, list[0].n, list[0].due)
				}
				due := max(from, list[0].due) + des.Time(rapid.IntRange(0, 9).Draw(t, "wait"))
				list = list[1:]
				if due >= to || number >= 60 || rapid.Bool().Draw(t, "taken") {
					continue
				}
				if number++; rapid.Bool().Draw(t, "whole") { // refused
					q.store[i].n, q.store[i].due = number, due
					list = append(list, q.store[i])
					q.list(i)
				} else {
					push(due)
				}
			}
			if _, ok := q.pop(); ok {
				t.Fatal("more than was pushed")
			}
		}
	})
}
