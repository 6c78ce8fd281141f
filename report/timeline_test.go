package report

import "testing"

// TestTimeline: every event has a number in the order of time, overlapping ones have rows
// of their own, and what is refused again and again is one.
func TestTimeline(t *testing.T) {
	d := Build(changingSample())
	for i, e := range d.Events {
		if e.Number != i+1 || e.To < e.From || i > 0 && e.From < d.Events[i-1].From {
			t.Errorf("event %d: %+v", i, e)
		}
	}
	calls := 0
	for _, e := range d.Events {
		if e.Lane == laneScaler {
			calls++
		}
	}
	if calls != 2 { // one accepted, and two that were refused for the same reason
		t.Errorf("%d calls of the autoscaler", calls)
	}
	same := []Moment{{Lane: laneFaults, To: 9}, {Lane: laneFaults, From: 5, To: 8}, {Lane: laneFaults, From: 10, To: 12}}
	if row, lanes, rows := rowOf(same, 1); row[0] == row[1] || row[2] != row[0] || rows != 2 || lanes[0].Value != 1 {
		t.Errorf("rows %v of %v, lanes %v", row, rows, lanes)
	}
}
