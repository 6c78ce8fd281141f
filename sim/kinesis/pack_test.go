package kinesis

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"kinesim/sim/des"
)

// TestPackLosesNothing: each row of a packed chunk is the one that was put in, whatever
// the numbers, also where words come back from an earlier chunk with other widths.
func TestPackLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var free freeList
		for range rapid.IntRange(1, 3).Draw(t, "chunks") {
			random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
			gap := int64(1) << rapid.IntRange(0, 52).Draw(t, "bits of a gap")
			lag := int64(1) << rapid.IntRange(0, 32).Draw(t, "bits of a lag")
			size := int64(1) << rapid.IntRange(0, 23).Draw(t, "bits of a size")
			var rows [chunkRows]Row
			at, bytes := des.Time(random.Int64N(gap)), uint32(0)
			for i := range rows {
				at += des.Time(random.Int64N(gap))
				bytes += uint32(random.Int64N(size))
				rows[i] = Row{at, Lag(random.Int64N(lag)), bytes}
			}
			var p packed
			p.fill(&rows, &free)
			for i, want := range rows {
				if got := p.row(i); got != want {
					t.Fatalf("row %d: packed %v, was %v", i, got, want)
				}
			}
			free.giveWords(p.words)
		}
	})
}

// TestPackIsSmall: what a shard near its limit takes, 900 records a second of about
// 500 B that waited up to 2 ms, keeps 8 B of 16 at the most.
func TestPackIsSmall(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var rows [chunkRows]Row
	at, bytes := des.Time(0), uint32(0)
	for i := range rows {
		at += des.Time(random.ExpFloat64() * 1e9 / 900)
		bytes += 506 + uint32(random.IntN(5))
		rows[i] = Row{at, Lag(random.IntN(2e6)), bytes}
	}
	var p packed
	p.fill(&rows, new(freeList))
	if per := float64(8*len(p.words)) / chunkRows; per > 8 {
		t.Errorf("%v B a row", per)
	}
}

// TestLogPacksBehindItsTip: a log of which nothing is read packs all but its last
// chunks, gives back as many buffers as it took, and its rows stay what they were.
func TestLogPacksBehindItsTip(t *testing.T) {
	const n = 40*chunkRows + 7
	random := rand.New(rand.NewPCG(3, 4))
	var l log
	var free freeList
	var all []Row
	total := []int64{0}
	for at := des.Time(0); len(all) < n; at += des.Time(random.IntN(1e7)) {
		size := uint32(random.IntN(1000))
		r := Row{At: at, Lag: PackLag(des.Time(random.IntN(1e9)).Sub(0))}
		l.append(r.At, r.Lag, size, &free)
		all, total = append(all, r), append(total, total[len(total)-1]+int64(size))
	}
	tight := 0
	for _, c := range l.chunks {
		if c.rows == nil {
			tight++
		}
	}
	if tight != len(l.chunks)-hotChunks {
		t.Errorf("%d of %d chunks are packed", tight, len(l.chunks))
	}
	var scratch [chunkRows]Row
	for row := int64(0); row < n; {
		if l.acceptedAt(row) != all[row].At || l.bytesBefore(row) != total[row] {
			t.Fatalf("row %d: at %v after %d bytes, was %v after %d", row, l.acceptedAt(row), l.bytesBefore(row), all[row].At, total[row])
		}
		for _, r := range l.piece(row, min(n, row+1+random.Int64N(300)), &scratch) {
			if r.At != all[row].At || r.Lag != all[row].Lag {
				t.Fatalf("row %d: %v, was %v", row, r, all[row])
			}
			row++
		}
	}
	l.drop(n, &free)
	if free.used != 1 || len(free.chunks) != 40 {
		t.Errorf("%d chunks in use, %d free", free.used, len(free.chunks))
	}
}
