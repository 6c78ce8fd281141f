package client

import (
	"math/bits"

	"kinesim/model"
)

// The KPL packs user records into one Kinesis record: a magic number and a
// checksum around a protobuf message with a table of partition keys and a list of
// records that point into it (aggregation format of the Kinesis Producer Library).
const (
	frameBytes    = 4 + 16 // magic number and MD5
	aggregatedKey = 1      // an aggregated record has the partition key "a"
)

// varint is how many bytes a number takes in protobuf.
func varint(n int) int { return (bits.Len64(uint64(n)|1) + 6) / 7 }

// field is how many bytes a field of n bytes takes: tag, length and content.
func field(n int) int { return 1 + varint(n) + n }

// framedRecord is what a user record of n bytes of data adds to an aggregated
// record, with the number of its key in the table.
func framedRecord(n, keyIndex int) int { return field(1 + varint(keyIndex) + field(n)) }

// estimatedRecord is what the library reckons for it while it collects, and
// estimatedKey for a key that is new: cheaper to keep up, and a little too low.
func estimatedRecord(n int) int { return n + 3 + 2 }
func estimatedKey(n int) int    { return n + 3 }

// userRecord is a record as the application hands it to the library.
type userRecord struct {
	key     int32 // its number, or model.NoKey
	keySize int32
	hash    model.HashKey
	place   int32 // of the predicted shard
	data    uint32
	index   int32 // of its key in the table of the reducer
	fresh   bool  // it brought the key there
	told    bool  // a story follows it
}

// frame is the size of an aggregated record while it grows: the library's own
// estimate, and exactly.
type frame struct {
	estimate, exact int
	keys            map[int32]int32 // number in the table
	nameless        int32           // keys in the table that have no number
}

func newFrame() frame { return frame{exact: frameBytes, keys: map[int32]int32{}} }

// add puts a record into the frame and gives it the number of its key.
func (f *frame) add(u *userRecord) {
	index, known := f.keys[u.key]
	if u.key == model.NoKey || !known { // keys without a number are all different
		index, u.fresh = int32(len(f.keys))+f.nameless, true
		f.estimate += estimatedKey(int(u.keySize))
		f.exact += field(int(u.keySize))
		if u.key == model.NoKey {
			f.nameless++
		} else {
			f.keys[u.key] = index
		}
	}
	u.index = index
	f.estimate += estimatedRecord(int(u.data))
	f.exact += framedRecord(int(u.data), int(index))
}

// remove takes the record out again that was added last.
func (f *frame) remove(u *userRecord) {
	f.estimate -= estimatedRecord(int(u.data))
	f.exact -= framedRecord(int(u.data), int(u.index))
	if !u.fresh {
		return
	}
	f.estimate -= estimatedKey(int(u.keySize))
	f.exact -= field(int(u.keySize))
	if u.key == model.NoKey {
		f.nameless--
	} else {
		delete(f.keys, u.key)
	}
}

// reset empties the frame.
func (f *frame) reset() {
	f.estimate, f.exact, f.nameless = 0, frameBytes, 0
	clear(f.keys)
}
