package client

import (
	"encoding/binary"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"kinesim/model"
)

// encoded is an aggregated record as the library writes it, by a protobuf encoder
// of its own: magic number, message and room for the MD5 sum.
func encoded(keys []string, records []int, data []int) []byte {
	tag := func(b []byte, field int, content []byte) []byte {
		b = append(b, byte(field<<3|2))
		b = binary.AppendUvarint(b, uint64(len(content)))
		return append(b, content...)
	}
	var message []byte
	for _, k := range keys {
		message = tag(message, 1, []byte(k))
	}
	for i, n := range data {
		inner := binary.AppendUvarint([]byte{1 << 3}, uint64(records[i]))
		message = tag(message, 3, tag(inner, 3, make([]byte, n)))
	}
	return append(append([]byte{0xF3, 0x89, 0x9A, 0xC2}, message...), make([]byte, 16)...)
}

// TestFramedRecord: the overhead of a user record, worked out by hand: 6 bytes up
// to 123 of data, 7 to 127, 8 to 16,378, 9 beyond, and one more from the 128th key on.
func TestFramedRecord(t *testing.T) {
	for _, c := range []struct{ n, index, overhead int }{
		{0, 0, 6}, {1, 0, 6}, {123, 0, 6}, {124, 0, 7}, {127, 0, 7}, {128, 0, 8}, {16_378, 0, 8}, {16_379, 0, 9},
		{100, 127, 6}, {100, 128, 7}, {122, 128, 7}, {123, 128, 8},
	} {
		if got := framedRecord(c.n, c.index) - c.n; got != c.overhead {
			t.Errorf("%d bytes with key number %d: overhead %d, want %d", c.n, c.index, got, c.overhead)
		}
	}
}

// TestFrame holds the size of a growing and shrinking frame against the encoder.
func TestFrame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := newFrame()
		var members []userRecord
		keys := rapid.IntRange(1, 300).Draw(t, "keys")
		for range rapid.IntRange(1, 400).Draw(t, "records") {
			if len(members) > 0 && rapid.IntRange(0, 9).Draw(t, "take one back") == 0 {
				f.remove(&members[len(members)-1])
				members = members[:len(members)-1]
				continue
			}
			u := userRecord{key: int32(rapid.IntRange(-1, keys-1).Draw(t, "key")), keySize: 36}
			if u.key != model.NoKey {
				u.keySize = int32(len(fmt.Sprint("user-", u.key)))
			}
			u.data = uint32(rapid.OneOf(rapid.IntRange(0, 200), rapid.IntRange(0, 20_000)).Draw(t, "data"))
			f.add(&u)
			members = append(members, u)
		}
		table, index := []string{}, map[int32]int{}
		var records, data []int
		for _, m := range members {
			i, known := index[m.key]
			if m.key == model.NoKey || !known {
				i = len(table)
				name := fmt.Sprint("user-", m.key)
				if m.key == model.NoKey {
					name = fmt.Sprintf("%036d", i)
				}
				table, index[m.key] = append(table, name), i
			}
			records, data = append(records, i), append(data, int(m.data))
		}
		if got, want := f.exact, len(encoded(table, records, data)); got != want {
			t.Fatalf("%d records of %d keys: %d bytes, the encoder makes %d", len(members), len(table), got, want)
		}
		if f.estimate > f.exact {
			t.Fatalf("estimated %d, exactly %d", f.estimate, f.exact)
		}
	})
}

// TestFlushIsTrimmed: a full reducer packs no more than the limit, exactly, and
// keeps what does not fit.
func TestFlushIsTrimmed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := &KPL{AggregationEnabled: true, AggregationMaxCount: 1 << 40, AggregationMaxSize: model.Bytes(rapid.IntRange(64, 3000).Draw(t, "limit"))}
		r := reducer{frame: newFrame()}
		added, left := 0, 0
		for i := 0; ; i++ {
			u := userRecord{key: int32(rapid.IntRange(0, 20).Draw(t, "key")), keySize: 5, data: uint32(rapid.IntRange(0, 500).Draw(t, "data"))}
			added++
			if r.add(u, 0, k) {
				break
			}
		}
		p := r.flush(k, 0)
		left = len(r.members)
		if int(p.users)+left != added || p.users < 1 {
			t.Fatalf("%d packed and %d left of %d", p.users, left, added)
		}
		if p.users > 1 && int(p.size) > int(k.AggregationMaxSize)+aggregatedKey {
			t.Fatalf("%d bytes, at most %d", p.size, k.AggregationMaxSize)
		}
		again := newFrame()
		for i := range r.members {
			u := r.members[i]
			u.fresh = false
			again.add(&u)
		}
		if again.exact != r.frame.exact || again.estimate != r.frame.estimate {
			t.Fatalf("what is left counts %d, want %d", r.frame.exact, again.exact)
		}
	})
}

// TestLoneRecordIsNotEstimated: what has no company yet is as large as its data, so
// only a record that reaches the limit by that goes at once.
func TestLoneRecordIsNotEstimated(t *testing.T) {
	k := &KPL{AggregationEnabled: true, AggregationMaxCount: 1 << 40, AggregationMaxSize: 1000}
	for _, c := range []struct {
		data uint32
		full bool
	}{{999, false}, {1000, true}, {5000, true}} {
		r := reducer{frame: newFrame()}
		if full := r.add(userRecord{keySize: 36, data: c.data}, 0, k); full != c.full {
			t.Errorf("%d bytes: full %v", c.data, full)
		}
		if p := r.flush(k, 0); p.data != c.data || p.size != c.data+36 {
			t.Errorf("%d bytes go as %d, with the key %d", c.data, p.data, p.size)
		}
	}
	r := reducer{frame: newFrame()}
	r.add(userRecord{keySize: 36, data: 900}, 0, k)
	if !r.add(userRecord{keySize: 36, data: 90}, 0, k) { // 905 + 39 + 95: two are estimated
		t.Error("two records do not fill a reducer by their estimate")
	}
	if p := r.flush(k, 0); p.users != 1 || len(r.members) != 1 { // exactly they are 20 + 38 + 908 + 96
		t.Errorf("%d go and %d stay", p.users, len(r.members))
	}
}
