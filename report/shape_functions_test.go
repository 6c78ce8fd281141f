package report

import (
	"strings"
	"testing"
)

// TestInvocations: the table of the series has a column of invocations for functions
// alone, and a result whose series is too short is refused.
func TestInvocations(t *testing.T) {
	r := steadySample()
	k := &r.Series.Consumers[1]
	k.Invocations = make([]int64, r.Series.Bins)
	head, _, _ := strings.Cut(string(written(t, "csv", Build(r))), "\n")
	if n := strings.Count(head, ".invocations_at_a_time"); n != 1 {
		t.Errorf("%d columns of invocations: %s", n, head)
	}
	if err := checkShape(r); err != nil {
		t.Error(err)
	}
	for _, short := range [][]int64{{}, {1}} {
		k.Invocations = short
		if err := checkShape(r); err == nil {
			t.Errorf("%d values for %d bins are taken", len(short), r.Series.Bins)
		}
	}
}
