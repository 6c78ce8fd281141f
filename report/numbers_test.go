package report

import (
	"strings"
	"testing"

	"kinesim/sim"
)

// TestNumbersAddUp: after a warm-up, what was accepted is of what was offered, although the
// stream took more in that time.
func TestNumbersAddUp(t *testing.T) {
	r := &sim.Result{Stream: sim.StreamResult{OfferedRecords: 100, IncomingRecords: 104}, Producers: []sim.ProducerResult{
		{Name: "a", OfferedRecords: 60, AcceptedRecords: 58, PendingRecords: 2}, {Name: "b", OfferedRecords: 40, AcceptedRecords: 37, FailedRecords: 3},
	}}
	line := newBuilder(r).numbers()[0].Value
	if want := "100 offered · 95 accepted · 0 attempts refused · 3 failed · 2 pending"; !strings.Contains(line, want) {
		t.Errorf("%s, want %s", line, want)
	}
}
