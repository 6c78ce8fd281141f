package autoscale_test

import (
	"testing"

	"kinesim/sim/autoscale"
)

// preset is a published policy.
func preset(t testing.TB, name string) autoscale.Policy {
	p, ok := autoscale.Named(name)
	if !ok {
		t.Fatalf("no preset %s", name)
	}
	return p.Policy
}
