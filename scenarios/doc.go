// Package scenarios turns what people write into what the engine plays: a
// scenario in YAML (a file, the name of a scenario of the embedded library, or
// standard input) becomes a sim.Config in which every default is filled in and
// every name is resolved, or a list of all its problems, each with file, line,
// column, what was found, what is accepted and the nearest known name.
//
// It is not a place for behaviour: what a field does is decided by the types of
// sim/workload and sim/client that it compiles to. It never looks at a result.
//
// The Go types of the file (Scenario and what hangs below it) are the single
// source of the format. Their struct tags hold the name of each field, its
// description, its range and whether it is one of several kinds; the walker that
// checks a file (decode.go) and the JSON Schema for editors (schema.go) both read
// them. The tags are:
//
//	json        the field's name in the file
//	doc         its description, for editors
//	jsonschema  "required", or "-" for what this version only recognises
//	range       "low..high", inclusive, in the field's own unit; of a list: its length
//	one         the field is one of several of which exactly one is given
//	bare        the field is what a union holds when it is written without a kind
//	eg          an example, for when a required field is missing
//	later       the field is known but not simulated yet; what there is instead
//
// Reading order: scenario.go, stream.go, producer.go, rate.go, size.go, keys.go,
// put.go, consumer.go, expect.go and limits.go are the format, each type with its
// defaults and its way into the engine's types; ondemand.go, reshard.go (and
// rehearsal.go: what a call can never do) and autoscale.go (with tracking.go,
// alarms.go, scalers.go, scalingutils.go; rouse.go: what a policy never does) are
// streams that change, compare.go several ways to run one; plan.go, sweep.go and account.go
// are what the planner may choose, grids, and what belongs to the account; explain.go with
// ideas.yaml is what names mean. import.go makes scenarios of what people have: a draft
// (import_draft.go) that the kinds of files fill, one import_*.go each, and that
// import_write.go writes; calibrate.go fits laws to them. load.go is the way of a file
// through the package: source.go (find and read it), tree.go (YAML to a tree,
// anchors expanded), set.go (--set), decode.go (tree to Scenario), compile.go
// (Scenario to sim.Config), lint.go (what is legal but odd). problem.go and
// codes.go are how problems look; quantity.go, duration.go and the like are the
// units.
package scenarios
