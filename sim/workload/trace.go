package workload

import (
	"encoding/binary"
	"io"
	"slices"

	"kinesim/model"
	"kinesim/sim/des"
)

// Trace is a recorded sequence of records, which a producer replays one by one
// in place of a rate, arrivals, sizes and keys. It is read as it is played and
// never held whole, so its length does not matter.
type Trace interface {
	// Open begins at the first record. Each run opens the trace for itself.
	Open() (TraceReader, error)
	// Facts are what is known of the whole trace before the run.
	Facts() TraceFacts
}

// TraceFacts sum up a trace.
type TraceFacts struct {
	Records int64
	Bytes   int64       // of data and keys, all records together
	Largest model.Bytes // data and key of the largest record
	Keys    int         // different keys, as far as they were counted: at most MaxNamedKeys
	Last    des.Time    // when the last record arises
}

// TraceRecord is one record of a trace.
type TraceRecord struct {
	At       des.Time
	Key      []byte         // good until the next record is read, as is Explicit
	Data     uint32         // bytes, without the key
	Explicit *model.HashKey // routes the record in place of the MD5 of its key; nil: none
}

// TraceReader gives the records of a trace in the order of time.
type TraceReader interface {
	// Read gives the next record, or io.EOF after the last.
	Read(*TraceRecord) error
	io.Closer
}

// MaxNamedKeys is how many different keys of a trace are remembered by name. Of
// further ones only the hash key is reckoned: they are routed, sized and counted
// like all others, but no cause and no list of keys can name them.
const MaxNamedKeys = 250_000

// Hash is the hash key that routes the record.
func (r *TraceRecord) Hash() model.HashKey {
	if r.Explicit != nil {
		return *r.Explicit
	}
	return model.KeyHash(string(r.Key))
}

// Intern gives the number of the key of a record of a trace, a new one if it is
// new; NoKey once so many keys are known that no more are remembered. A key that
// goes with several explicit hash keys has a number for each.
func (k *KeySpace) Intern(r *TraceRecord) (number int32, fresh bool) {
	name := r.Key
	if r.Explicit != nil {
		name = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(append(slices.Clone(name), 0), r.Explicit.Hi), r.Explicit.Lo)
	}
	if number, known := k.numbers[string(name)]; known {
		return number, false
	}
	if len(k.Hashes) >= MaxNamedKeys {
		return model.NoKey, false
	}
	if k.numbers == nil {
		k.numbers = map[string]int32{}
	}
	number = int32(len(k.Hashes))
	k.numbers[string(name)] = number
	text := string(r.Key)
	k.extra = append(k.extra, text)
	k.add(len(text), r.Hash())
	return number, true
}
