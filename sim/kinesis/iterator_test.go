package kinesis

import (
	"slices"
	"testing"
	"time"

	"kinesim/sim/des"
)

// shelf is a log of lots, some of which are yet to come, and its readers.
type shelf struct {
	log
	free       freeList
	random     *des.Rand
	width      des.Time
	now, ahead des.Time // up to when lots were poured
	even       int      // answers
	spots      [3]spot
	next       [3]int64
}

// pour adds some lots, now and then after an idle time.
func (h *shelf) pour() {
	for range 1 + h.random.IntN(70) {
		from := h.ahead
		if h.random.IntN(4) == 0 {
			from = from.Add(time.Duration(h.random.Int64N(3e8)))
		}
		h.ahead = from.Add(time.Duration(1e6 + h.random.Int64N(1e9)))
		n, lag := 1+h.random.Int64N(500), Lag(h.random.IntN(2))
		h.log.pour(from, h.ahead, Load{n, n*100 + h.random.Int64N(n)}, Lags{Mean: lag, Wide: lag}, &h.free)
	}
}

// read lets a reader go on from where it is, and holds that against one who looks for its row
// anew, and against the log.
func (h *shelf) read(t *testing.T, i int) {
	limit, room := 1+h.random.Int64N(20_000), 100+h.random.Int64N(3e6)
	visible := max(0, h.now-des.Time(h.random.Int64N(2e9)))
	from := h.next[i]
	if h.random.IntN(4) == 0 && from >= h.first && from < h.log.next { // just so
		visible = min(h.now, h.acceptedAt(from))
	}
	by := Iterator{Row: from, spot: h.spots[i]}
	one := []GetCall{{Now: h.now, Visible: visible}}
	h.settle(&by)
	cut := h.rows(&by, one, limit, room, 0)
	r := one[0].Answer
	if want, wantCut := h.log.read(from, limit, room, h.now, visible); r != want || cut != wantCut {
		t.Fatalf("%+v, cut %v; looked for anew %+v, %v", r, cut, want, wantCut)
	}
	h.spots[i] = by.spot
	if r.Even {
		h.even++
		s := Slabs{lots: &h.lots, lot: h.lots.find(r.From), from: r.From, to: r.To}
		if !s.Next() || s.Slab != (Slab{r.To - r.From, r.First, r.Last, r.Lags}) || s.Next() {
			t.Fatalf("%+v of a slab %+v", r, s.Slab)
		}
	}
	to := h.after(max(from, h.first), visible)
	if r.To > to || r.Tip != (r.To == to) || r.Tip && (r.To-r.From > limit || int64(r.Bytes) > room) || r.Behind != h.holds(r.To, h.now) {
		t.Fatalf("%+v of the rows before %d", r, to)
	}
	if bytes := h.bytesBeforeOr(r.To) - h.bytesBeforeOr(r.From); int64(r.Bytes) != bytes || r.To > r.From && r.Last != h.acceptedAt(r.To-1) {
		t.Fatalf("%+v of %d bytes", r, bytes)
	}
	h.next[i] = r.To
}

// TestIteratorsGoOn: who reads on with the answer before is given what one is given who looks
// for the row anew, whatever is skipped, dropped or joined in between, and though lots are
// numbered anew by that.
func TestIteratorsGoOn(t *testing.T) {
	const seed, runs, steps = 31, 100, 300
	numbered, even := int64(0), 0
	for run := range runs {
		h := &shelf{random: des.Stream(seed+uint64(run), "iterator"), width: des.Time(time.Second)}
		for range steps {
			switch i := h.random.IntN(len(h.next)); h.random.IntN(20) {
			case 0, 1:
				h.pour()
			case 2: // as what expires is
				h.next[i] += h.random.Int64N(h.log.next - h.next[i] + 1)
			case 3:
				h.drop(slices.Min(h.next[:]), &h.free)
			case 4:
				if h.random.IntN(10) == 0 {
					h.width *= 2
					h.join(h.width, h.next[:], &h.free)
				}
			case 5, 6, 7:
				h.now = h.now.Add(time.Duration(h.random.Int64N(3e9)))
			default:
				h.read(t, i)
			}
		}
		numbered, even = numbered+h.lots.numbering, even+h.even
	}
	if numbered < runs || even < runs {
		t.Errorf("lots were numbered anew %d times only, and %d answers were even", numbered, even)
	}
}

// TestEvenOverManyLots: an answer that goes through several lots is known as one slab just where
// it is one, whichever of them differs, unless the lots are too many to be gone through.
func TestEvenOverManyLots(t *testing.T) {
	const seed, runs = 5, 2_000
	random, met := des.Stream(seed, "lots"), map[[2]bool]int{}
	for run := range runs {
		var l log
		var free freeList
		second, lots := des.Time(time.Second), 3+random.IntN(10)
		odd, more := random.IntN(2*lots), 60*random.Int64N(2) // the lot that differs, half the time none; and how each differs from the one before
		for i := range lots {
			from, load, lags := des.Time(i)*second, Load{1_000 + more*int64(i), 100_000}, Lags{}
			if i == odd {
				switch random.IntN(3) {
				case 0:
					load.Records /= 2
				case 1:
					lags.Mean++
				default:
					from += second / 2
				}
			}
			l.pour(from, des.Time(i+1)*second, load, lags, &free)
		}
		visible := second*des.Time(lots-1) + des.Time(random.Int64N(int64(second)))
		from := random.Int64N(l.next / 2)
		r, _ := l.read(from, 1<<40, 1<<40, visible, visible)
		s := Slabs{lots: &l.lots, lot: l.lots.find(r.From), from: r.From, to: r.To}
		s.Next()
		one, near := !s.Next(), l.lots.find(r.To-1)-l.lots.find(from) < nearLots
		if r.Even != (one && near) {
			t.Fatalf("seed %d, run %d: rows from %d to %d of %d lots, of which number %d differs: even %v, one slab %v", seed, run, r.From, r.To, lots, odd, r.Even, one)
		}
		met[[2]bool{one, near}]++
	}
	if len(met) < 4 {
		t.Errorf("not all cases were met: %v", met)
	}
}
