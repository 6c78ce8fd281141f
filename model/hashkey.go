package model

import (
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/big"
	"math/bits"
)

// HashKey is a point of the 128-bit hash key space, 0 … 2^128−1. Values compare
// with ==; Less orders them. The zero HashKey is the lowest.
type HashKey struct{ Hi, Lo uint64 }

// MaxHashKey is the last hash key, 2^128−1.
var MaxHashKey = HashKey{^uint64(0), ^uint64(0)}

// KeyHash is the hash key of a partition key: MD5 over its UTF-8 bytes, read as
// an unsigned big-endian number (API reference, PutRecord).
func KeyHash[Text string | []byte](partitionKey Text) HashKey {
	sum := md5.Sum([]byte(partitionKey))
	return HashKey{binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:])}
}

// ParseHashKey reads a decimal hash key as the API writes it: up to 39 digits,
// no sign, no leading zero.
func ParseHashKey(decimal string) (HashKey, error) {
	if decimal == "" || len(decimal) > 39 || (len(decimal) > 1 && decimal[0] == '0') {
		return HashKey{}, fmt.Errorf("%q is not a hash key: 1 to 39 decimal digits without a leading zero", decimal)
	}
	for _, c := range decimal {
		if c < '0' || c > '9' {
			return HashKey{}, fmt.Errorf("%q is not a hash key: %q is not a decimal digit", decimal, c)
		}
	}
	n, _ := new(big.Int).SetString(decimal, 10)
	if n.BitLen() > 128 {
		return HashKey{}, fmt.Errorf("%s is past the last hash key, %s", decimal, MaxHashKey)
	}
	lo := new(big.Int).And(n, new(big.Int).SetUint64(^uint64(0)))
	return HashKey{new(big.Int).Rsh(n, 64).Uint64(), lo.Uint64()}, nil
}

// String is the hash key in decimal, as the API writes it.
func (h HashKey) String() string { return h.big().String() }

// Hex is the hash key as 32 lower-case hexadecimal digits: the MD5 sum itself.
func (h HashKey) Hex() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], h.Hi)
	binary.BigEndian.PutUint64(b[8:], h.Lo)
	return hex.EncodeToString(b[:])
}

func (h HashKey) big() *big.Int {
	n := new(big.Int).SetUint64(h.Hi)
	return n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(h.Lo))
}

// Less orders hash keys as numbers.
func (h HashKey) Less(o HashKey) bool { return h.Hi < o.Hi || h.Hi == o.Hi && h.Lo < o.Lo }

// Compare is −1, 0 or 1 as h is below, at or above o.
func (h HashKey) Compare(o HashKey) int {
	switch {
	case h.Less(o):
		return -1
	case o.Less(h):
		return 1
	}
	return 0
}

// Next is h+1; the key after the last one is 0.
func (h HashKey) Next() HashKey { return h.plus(HashKey{0, 1}) }

// Prev is h−1; the key before 0 is the last one.
func (h HashKey) Prev() HashKey { return h.plus(MaxHashKey) }

func (h HashKey) plus(o HashKey) HashKey {
	lo, carry := bits.Add64(h.Lo, o.Lo, 0)
	hi, _ := bits.Add64(h.Hi, o.Hi, carry)
	return HashKey{hi, lo}
}

// times is h·n modulo 2^128.
func (h HashKey) times(n uint64) HashKey {
	hi, lo := bits.Mul64(h.Lo, n)
	return HashKey{hi + h.Hi*n, lo}
}

// HashRange is the range of hash keys that a shard owns, both ends inclusive, as
// in the API.
type HashRange struct{ Start, End HashKey }

// Whole is the range of a stream with one shard.
var Whole = HashRange{HashKey{}, MaxHashKey}

// Contains tells whether h lies in the range.
func (r HashRange) Contains(h HashKey) bool { return !h.Less(r.Start) && !r.End.Less(h) }

// Midpoint is ⌊(start+end)/2⌋, the usual NewStartingHashKey of a SplitShard:
// the upper child starts there.
func (r HashRange) Midpoint() HashKey {
	lo, carry := bits.Add64(r.Start.Lo, r.End.Lo, 0)
	hi, top := bits.Add64(r.Start.Hi, r.End.Hi, carry)
	return HashKey{top<<63 | hi>>1, hi<<63 | lo>>1}
}

// Width is how many hash keys the range has.
func (r HashRange) Width() *big.Int {
	n := r.End.big()
	return n.Sub(n, r.Start.big()).Add(n, big.NewInt(1))
}

// Share is the part of the hash key space that the range covers, 0 … 1.
func (r HashRange) Share() float64 {
	width := r.End.plus(HashKey{^r.Start.Hi, ^r.Start.Lo}) // end − start − 1 + 1 − 1, modulo 2^128
	width = width.Next()
	return (float64(width.Hi)*0x1p64 + float64(width.Lo) + 1) * 0x1p-128
}
