package kinesis

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"kinesim/sim/des"
)

// TestCut: rows are even from the first to the last, to the nanosecond, and cut at an instant
// where those by it end.
func TestCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.Int64Range(1, 1<<rapid.IntRange(0, 31).Draw(t, "row bits")).Draw(t, "rows")
		span := des.Time(rapid.Int64Range(0, min(1<<rapid.IntRange(0, 53).Draw(t, "span bits"), int64(100*24*time.Hour))).Draw(t, "span"))
		if rows == 1 {
			span = 0
		}
		e := evenly{rapid.SampledFrom([]des.Time{0, 7, 1e15}).Draw(t, "at"), paceOf(span, rows), rows}
		if got := e.acceptedAt(0); got != e.at {
			t.Fatalf("the first comes at %v", got)
		}
		if got, want := e.last(), e.at+span; got != want {
			t.Fatalf("the last comes at %v, want %v", got, want)
		}
		i := rapid.Int64Range(0, rows-1).Draw(t, "row")
		at := e.acceptedAt(i) + des.Time(rapid.Int64Range(-1, 1).Draw(t, "beside"))
		if at < e.at {
			at = e.at
		}
		n, last, then := e.cut(at)
		if n < 1 || n > rows || last != e.acceptedAt(n-1) || last > at || then <= at {
			t.Fatalf("%d by %v, the last at %v, then %v", n, at, last, then)
		}
		if n < rows && then != e.acceptedAt(n) || n == rows && then != des.Forever {
			t.Fatalf("of %d the one after %d comes at %v", rows, n, then)
		}
		if e.upTo(at) != n || e.upTo(e.at-1) != 0 {
			t.Fatalf("%d up to %v, want %d; %d before all", e.upTo(at), at, n, e.upTo(e.at-1))
		}
	})
}
