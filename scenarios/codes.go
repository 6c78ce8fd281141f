package scenarios

// The codes of problems. 1xx are about form, 2xx about single values, 3xx about
// values that do not fit together, 4xx are warnings.
const (
	codeUnreadable = "KS100" // the file cannot be read, or is not text
	codeUnknown    = "KS101" // unknown field
	codeDuplicate  = "KS102" // the same key twice
	codeMissing    = "KS103" // a required field is not there
	codeShape      = "KS104" // a list where a mapping belongs, and the like
	codeKind       = "KS105" // not exactly one of several kinds
	codeSyntax     = "KS106" // not YAML
	codeAnchor     = "KS107" // an alias that contains itself, or too many of them
	codeDepth      = "KS108" // nested too deep
	codeLater      = "KS109" // known, but not simulated by this version
	codeSet        = "KS110" // a --set that cannot be applied

	codeUnit  = "KS201" // a bare number where a unit belongs
	codeValue = "KS202" // not a value of the wanted kind
	codeRange = "KS203" // out of range
	codeWord  = "KS204" // not one of the words that are known

	codeTwice     = "KS301" // two things of the same name
	codeReference = "KS302" // a name that nothing has
	codeConflict  = "KS303" // values that contradict each other
	codeFile      = "KS304" // a fault in a file that the scenario names

	codeLeadingZero = "KS401" // 010 is read as 10
	codeOutside     = "KS402" // lies outside of the run
	codeCapacity    = "KS403" // more is offered than the shards take
	codePolls       = "KS404" // the readers poll too often
	codeUnused      = "KS405" // a constant is overridden that nothing uses
	codeLarge       = "KS406" // records that the service will refuse
	codeLong        = "KS407" // the run will take long
	codeIdle        = "KS409" // workers without work, or shards without workers
	codeGap         = "KS408" // a rate file has gaps
	codeRefused     = "KS410" // a call that the service will refuse
)
