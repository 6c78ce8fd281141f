package model

import (
	"fmt"
	"math/big"
)

// shardBits is how many bits of a sequence number hold the shard; the row is above.
const shardBits = 48

// SequenceNumber is the sequence number of a shard's row, counted from 0: unique in
// the stream and growing within the shard. The service promises no more, and its own
// layout is opaque.
func SequenceNumber(shard ShardID, row int64) string {
	n := new(big.Int).Lsh(big.NewInt(row+1), shardBits)
	return n.Or(n, big.NewInt(int64(shard))).String()
}

// ParseSequenceNumber is the shard and row that a sequence number stands for.
func ParseSequenceNumber(text string) (shard ShardID, row int64, err error) {
	n, ok := new(big.Int).SetString(text, 10)
	if !ok || n.Sign() < 0 {
		return 0, 0, fmt.Errorf("%q is not a sequence number", text)
	}
	id := new(big.Int).And(n, big.NewInt(1<<shardBits-1))
	n.Rsh(n, shardBits)
	if n.Sign() == 0 || !n.IsInt64() {
		return 0, 0, fmt.Errorf("%q is not a sequence number of kinesim", text)
	}
	return ShardID(id.Int64()), n.Int64() - 1, nil
}
