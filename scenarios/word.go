package scenarios

import (
	"fmt"
	"regexp"

	"kinesim/model"
	"kinesim/sim/client"
)

// word is one of the values of a field that takes a few words only.
type word struct {
	text, doc string
	later     bool // known, but not simulated yet
}

// vocabulary is a text type that takes a few words only.
type vocabulary interface{ words() []word }

// The words of the fields that take no other values.
type (
	// Version is the version of the format.
	Version string
	// Resolution is how finely the engine looks.
	Resolution string
	// Profile is the name of a table of limits.
	Profile string
	// Region is the name of an AWS Region.
	Region string
	// Mode is the capacity mode of a stream.
	Mode string
	// Place is where a consumer starts.
	Place string
	// Dedup is by what a sink knows what it has had.
	Dedup string
	// Process is how records arise.
	Process string
	// SDKMode is the retry mode of the AWS SDKs.
	SDKMode string
	// Jitter spreads waits.
	Jitter string
	// Level is how much an expectation matters.
	Level string
	// Metering is how a shard meters its writes.
	Metering string
)

func (Version) words() []word { return []word{{text: "v1", doc: "The only version so far."}} }

func (Resolution) words() []word {
	return []word{
		{text: "record", doc: "Every record by itself: exact."},
		{text: "auto", doc: "Record where that takes seconds, else as coarse as the accuracy allows; the result says what was chosen, and why."},
		{text: "10ms", doc: "In spans of 10 ms: what comes to a shard in one comes together."},
		{text: "100ms", doc: "In spans of 100 ms."},
		{text: "1s", doc: "In spans of a second: the cost no longer grows with the rate."},
	}
}

func (Profile) words() []word {
	return []word{{text: model.Profile, doc: "Limits and prices as compiled in November 2026."}}
}

func (Region) words() []word { return []word{{text: "us-east-1", doc: "US East (N. Virginia)."}} }

func (Mode) words() []word {
	return []word{
		{text: "provisioned", doc: "A fixed number of shards."},
		{text: "on_demand", doc: "The service splits shards as the load grows, up to twice the peak of the last 30 days."},
		{text: "on_demand_advantage", doc: "Likewise, with the account's commitment to 25 MiB/s, lower prices and warm throughput."},
	}
}

func (Place) words() []word {
	return []word{
		{text: "TRIM_HORIZON", doc: "The oldest record: everything of the run is read."},
		{text: "LATEST", doc: "Only what is accepted after the consumer's first call."},
	}
}

func (Dedup) words() []word {
	return []word{{text: "sequence_number", doc: "By shard and sequence number: it knows what a consumer processes again, but not the copies of a producer, which have numbers of their own."}}
}

func (Process) words() []word {
	return []word{
		{text: "poisson", doc: "Independently of each other."},
		{text: "regular", doc: "Evenly spaced over all clients."},
	}
}

func (SDKMode) words() []word {
	return []word{
		{text: string(client.SDKStandard), doc: "rand·2^i s between attempts, at most 20 s, within a quota of retries."},
		{text: string(client.SDKLegacy), doc: "rand·2^i s between attempts, without a quota: boto3 unless configured."},
		{text: string(client.SDK2026), doc: "AWS_NEW_RETRIES_2026: as standard, but from 50 ms on after anything but throttling."},
		{text: "adaptive", later: true},
	}
}

func (Jitter) words() []word {
	return []word{
		{text: "full", doc: "An even part of the wait."},
		{text: "equal", doc: "Half of the wait and an even part of the other half."},
		{text: "none", doc: "The whole wait."},
	}
}

func (Level) words() []word {
	return []word{
		{text: "error", doc: "A miss fails the run."},
		{text: "warn", doc: "A miss is told and no more."},
	}
}

func (Metering) words() []word {
	return []word{
		{text: string(model.Bucket), doc: "A token bucket, refilled without pause."},
		{text: string(model.FixedS1), doc: "A count that starts anew with every whole second."},
	}
}

// Name names a producer, a consumer or the scenario.
type Name string

// namePattern keeps names usable in --set, file names and reports.
const namePattern = `^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`

var nameLike = regexp.MustCompile(namePattern)

func (Name) form() form {
	return form{"a name", "1 to 64 letters, digits, - and _, beginning with a letter or digit", namePattern, ""}
}

func (n *Name) parse(text string) error {
	if !nameLike.MatchString(text) {
		return wrong(codeValue, "%q is not a name", text)
	}
	*n = Name(text)
	return nil
}

func (n Name) String() string { return string(n) }

// Key is a partition key.
type Key string

func (Key) form() form {
	most := model.MaxPartitionKey
	return form{"a partition key", fmt.Sprintf("1 to %d characters", most), fmt.Sprintf(`^[\s\S]{1,%d}$`, most), ""}
}

func (k *Key) parse(text string) error {
	if fault := model.CheckKey(text); fault != "" {
		return wrong(codeRange, "%s; this one has %d", fault, width(text))
	}
	*k = Key(text)
	return nil
}

func (k Key) String() string { return string(k) }

// HashKey is a hash key in decimal, as the API writes it.
type HashKey model.HashKey

func (HashKey) form() form {
	return form{"a hash key", `a decimal number from "0" to "` + model.MaxHashKey.String() + `", in quotes`, `^(0|[1-9][0-9]{0,38})$`, ""}
}

func (h *HashKey) parse(text string) error {
	n, err := model.ParseHashKey(text)
	if err != nil {
		return wrong(codeValue, "%v", err)
	}
	*h = HashKey(n)
	return nil
}

func (h HashKey) String() string { return model.HashKey(h).String() }

// MarshalText writes the hash key as it is read.
func (h HashKey) MarshalText() ([]byte, error) { return []byte(h.String()), nil }
