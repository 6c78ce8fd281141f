package scenarios

// The codes of problems. 1xx are about form, 2xx about single values, 3xx about
// values that do not fit together, 4xx are warnings.
const (
	codeUnreadable = "KS100"
	codeUnknown    = "KS101"
	codeDuplicate  = "KS102"
	codeMissing    = "KS103"
	codeShape      = "KS104"
	codeKind       = "KS105"
	codeSyntax     = "KS106"
	codeAnchor     = "KS107"
	codeDepth      = "KS108"
	codeLater      = "KS109"
	codeSet        = "KS110"

	codeUnit  = "KS201"
	codeValue = "KS202"
	codeRange = "KS203"
	codeWord  = "KS204"

	codeTwice     = "KS301"
	codeReference = "KS302"
	codeConflict  = "KS303"
	codeFile      = "KS304"

	codeLeadingZero = "KS401"
	codeOutside     = "KS402"
	codeCapacity    = "KS403"
	codePolls       = "KS404"
	codeUnused      = "KS405"
	codeLarge       = "KS406"
	codeLong        = "KS407"
	codeIdle        = "KS409"
	codeGap         = "KS408"
	codeRefused     = "KS410"
	codeSpan        = "KS411"
	codeBlur        = "KS412"
	codePart        = "KS413"
)

// problemCode is a code with what it says.
type problemCode struct{ code, help string }

// codes are all codes, in their order.
var codes = []problemCode{
	{codeUnreadable, "the file cannot be read, or is not text"},
	{codeUnknown, "a field that the format does not have; often a slip of the pen, or one that stands a level too high or too low"},
	{codeDuplicate, "the same field is given twice in one mapping"},
	{codeMissing, "a required field is not there"},
	{codeShape, "a list where a mapping belongs, and the like"},
	{codeKind, "not exactly one of several kinds"},
	{codeSyntax, "the text is not YAML: a bracket, a quote or an indent is missing near the line"},
	{codeAnchor, "an alias that contains itself, or too many of them"},
	{codeDepth, "the file is nested deeper than any scenario needs"},
	{codeLater, "known, but not simulated by this version"},
	{codeSet, "a --set that cannot be applied"},
	{codeUnit, "a bare number where a unit belongs"},
	{codeValue, "not a value of the wanted kind"},
	{codeRange, "a value that lies out of range; the message says what the range is"},
	{codeWord, "not one of the words that are known"},
	{codeTwice, "two things of the same name"},
	{codeReference, "a name that nothing has"},
	{codeConflict, "values that contradict each other"},
	{codeFile, "a fault in a file that the scenario names"},
	{codeLeadingZero, "a number with a leading zero: 010 is read as 10, and not as 8 as other readers of YAML do"},
	{codeOutside, "lies outside of the run"},
	{codeCapacity, "more is offered than the shards take"},
	{codePolls, "the readers poll too often"},
	{codeUnused, "a constant is overridden that nothing uses"},
	{codeLarge, "records that the service will refuse"},
	{codeLong, "the run will take long"},
	{codeGap, "a rate file has gaps, so that it is unclear what was between two rows"},
	{codeIdle, "workers without work, or shards without workers"},
	{codeRefused, "a call that the service will refuse"},
	{codeSpan, "a number that is a range, of which a run plays the middle"},
	{codeBlur, "too coarse a resolution for what it is to show"},
	{codePart, "something in an imported file that is left out or doubtful"},
}

// facts say what a problem of the code does to a run.
func (c problemCode) facts() []string {
	if c.code >= "KS400" {
		return []string{"It is a warning: the scenario runs, and the warning stands beside the result."}
	}
	return []string{"It is an error: the scenario does not run until it is mended."}
}
