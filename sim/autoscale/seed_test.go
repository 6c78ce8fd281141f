package autoscale_test

import "flag"

// Property tests draw from one seed unless -rapid.seed says otherwise, so a run of
// the tests is the same everywhere.
func init() { _ = flag.Set("rapid.seed", "20261101") }
