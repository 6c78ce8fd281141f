package kinesis

import (
	"math"
	"math/big"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kinesim/sim/des"
)

// foldMachine is a logMachine with readers, whose log is folded now and then. A
// fold does to its slice of rows, plainly, what it says that it does to the log.
type foldMachine struct {
	logMachine
	came    []record // as all would be if nothing were folded
	cursors []int64  // of the readers: rows before it are released
	tallies []tally
	width   des.Time
	lots    [][2]int64 // the rows [from, to) of each
	folds   int64      // rows that were ever folded
	joins   int64      // lots that were ever joined to the one before
}

// tally is a reader's place, its last answer [from, next), and the bytes of all rows
// before next: those that it was given, and those before where it began.
type tally struct{ from, next, bytes int64 }

func newFoldMachine() *foldMachine {
	return &foldMachine{cursors: make([]int64, 3), tallies: make([]tally, 3), width: narrow}
}

// Append adds rows that come fast, or slowly, or seldom.
func (m *foldMachine) Append(t *rapid.T) {
	pause := rapid.SampledFrom([]int64{1e3, 3e6, 50e6, 2500e6}).Draw(t, "pause")
	sizes := rapid.SampledFrom([]int64{1, 3, 500, 10 << 20}).Draw(t, "sizes")
	seed := rapid.Uint64().Draw(t, "seed")
	random := des.Stream(seed, "rows")
	draw := func(most int64) int64 { return int64(random.Uint64() % uint64(most+1)) }
	for range rapid.IntRange(1, 1500).Draw(t, "rows") {
		m.now += des.Time(draw(pause))
		lag := PackLag(time.Duration(draw(1e17)))
		r := record{m.now, lag.Duration(), 1 + draw(sizes-1)}
		m.log.append(r.at, lag, uint32(r.size), &m.free)
		m.all, m.came = append(m.all, r), append(m.came, r)
	}
}

// Fold folds the log, and the oracle's rows with it.
func (m *foldMachine) Fold(t *rapid.T) {
	cuts := m.cuts()
	from := max(m.log.first, m.log.lots.row)
	m.log.fold(m.width, m.cursors, &m.free)
	end := m.log.lots.row
	m.old(t, from, end)
	for from < end {
		to := from + 1
		for to < end && !cuts[to] && m.all[to].at-m.all[from].at < m.width {
			to++
		}
		even(m.all[from:to])
		m.lots = append(m.lots, [2]int64{from, to})
		m.folds += to - from
		from = to
	}
}

// cuts are the rows from which readers may go on; the tallies prove that these are
// all.
func (m *foldMachine) cuts() map[int64]bool {
	cuts := map[int64]bool{}
	for _, list := range [][]int64{m.cursors, m.log.seams} {
		for _, c := range list {
			cuts[c] = true
		}
	}
	return cuts
}

// Join lets lots last longer, and joins those of the oracle.
func (m *foldMachine) Join(*rapid.T) {
	m.width *= 2
	m.log.join(m.width, m.cursors, &m.free)
	cuts := m.cuts()
	m.lots = slices.DeleteFunc(m.lots, func(l [2]int64) bool { return l[1] <= m.log.first })
	var joined [][2]int64
	for _, l := range m.lots {
		n := len(joined)
		if n == 0 || m.all[l[1]-1].at-m.all[joined[n-1][0]].at >= m.width || m.cutIn(cuts, joined[n-1][0], l[1]) {
			joined = append(joined, l)
			continue
		}
		joined[n-1][1] = l[1]
		m.joins++
	}
	for _, l := range joined {
		even(m.all[l[0]:l[1]])
	}
	m.lots = joined
}

// cutIn tells whether a reader may go on from within the rows [from, to).
func (m *foldMachine) cutIn(cuts map[int64]bool, from, to int64) bool {
	for row := from + 1; row < to; row++ {
		if cuts[row] {
			return true
		}
	}
	return false
}

// old checks that the rows [from, to) were folded because they are old, and that of
// the next chunk some are not.
func (m *foldMachine) old(t *rapid.T, from, to int64) {
	if m.log.first == m.log.next {
		return
	}
	if to > from && m.came[to-1].at >= m.now-exactFor {
		t.Fatalf("row %d is folded %v after it came", to-1, time.Duration(m.now-m.came[to-1].at))
	}
	if last := m.log.origin*chunkRows + chunkRows - 1; last < m.log.next && m.came[last].at < m.now-exactFor {
		t.Fatalf("row %d is not folded %v after it came", last, time.Duration(m.now-m.came[last].at))
	}
}

// even makes rows alike, as a lot does.
func even(rows []record) {
	n := int64(len(rows))
	span, first, bytes, lags := float64(rows[n-1].at-rows[0].at), rows[0].at, int64(0), new(big.Int)
	for _, r := range rows {
		bytes += r.size
		lags.Add(lags, big.NewInt(int64(r.lag)))
	}
	for i := range rows {
		r := &rows[i]
		r.lag = PackLag(time.Duration(new(big.Int).Div(lags, big.NewInt(n)).Int64())).Duration()
		if i > 0 {
			r.at = first + des.Time(math.Round(float64(i)*(span/float64(n-1))))
		}
		r.size = bytes / n
		if int64(i) < bytes%n {
			r.size++
		}
	}
}

// Get lets a reader read on from where it is.
func (m *foldMachine) Get(t *rapid.T) {
	y := &m.tallies[rapid.IntRange(0, len(m.tallies)-1).Draw(t, "reader")]
	visible := m.now - des.Time(rapid.Int64Range(0, 100e9).Draw(t, "before"))
	r, _ := m.log.read(y.next, rapid.Int64Range(1, 3000).Draw(t, "limit"), rapid.Int64Range(1, 1<<40).Draw(t, "room"), m.now, visible)
	m.log.answered(y.next, r.To, 1000)
	if r.From != y.next {
		t.Fatalf("given rows from %d, asked for %d", r.From, y.next)
	}
	y.bytes += int64(r.Bytes)
	y.from, y.next = r.From, r.To
}

// Release lets a reader let go of what it has read.
func (m *foldMachine) Release(t *rapid.T) {
	i := rapid.IntRange(0, len(m.tallies)-1).Draw(t, "reader")
	m.cursors[i] = m.tallies[i].next
	m.log.drop(slices.Min(m.cursors), &m.free)
}

// ReleaseAll lets all readers read up to some row and let go of all before.
func (m *foldMachine) ReleaseAll(t *rapid.T) {
	limit := rapid.Int64Range(0, m.log.next-m.log.first).Draw(t, "rows") + m.log.first
	for i := range m.tallies {
		if y := &m.tallies[i]; y.next < limit {
			r, _ := m.log.read(y.next, limit-y.next, 1<<60, m.now, m.now)
			m.log.answered(y.next, r.To, 1000)
			y.bytes, y.from, y.next = y.bytes+int64(r.Bytes), r.From, r.To
		}
		m.cursors[i] = m.tallies[i].next
	}
	m.log.drop(slices.Min(m.cursors), &m.free)
}

// Restart lets a reader begin again with what it has not released.
func (m *foldMachine) Restart(t *rapid.T) {
	i := rapid.IntRange(0, len(m.tallies)-1).Draw(t, "reader")
	m.tallies[i] = tally{m.cursors[i], m.cursors[i], sum(m.all[:m.cursors[i]])}
}

func sum(rows []record) (bytes int64) {
	for _, r := range rows {
		bytes += r.size
	}
	return bytes
}

// Check holds what every reader was given in all against the rows as they came, as
// far as it is not in the middle of a lot. It holds the reader's place to the byte,
// and its last answer, which it may walk only now, against the oracle.
func (m *foldMachine) Check(t *rapid.T) {
	for i, y := range m.tallies {
		whole, folded := sum(m.came[:y.next]), sum(m.all[:y.next])
		if y.bytes != folded || y.next >= m.log.lots.row && y.bytes != whole {
			t.Fatalf("reader %d was given %d bytes up to row %d; there are %d, and were %d before they were folded", i, y.bytes, y.next, folded, whole)
		}
		m.walk(t, max(y.from, m.log.first), y.next)
	}
	m.walk(t, m.log.first, min(m.log.first+600, m.log.next))
	used := int64(len(m.log.chunks))
	if m.free.used != used || m.log.lots.row > m.log.next || used > 0 && m.log.chunks[used-1] != m.log.tail {
		t.Fatalf("%d chunks in use, %d counted; lots to %d of %d rows", used, m.free.used, m.log.lots.row, m.log.next)
	}
	o := &m.log.lots
	if n := int64(len(o.blocks)); m.free.lots != n || o.first >= blockLots || n != (o.next+blockLots-1)/blockLots {
		t.Fatalf("%d blocks in use, %d counted, for %d lots", n, m.free.lots, o.next-o.first)
	}
}

// walk holds a walk over rows against the oracle.
func (m *foldMachine) walk(t *rapid.T, from, to int64) {
	row := from
	var scratch [chunkRows]Row
	for row < to {
		rows := m.log.piece(row, to, &scratch)
		if len(rows) == 0 || len(rows) > MaxRows {
			t.Fatalf("a piece of %d rows", len(rows))
		}
		base := int64(rows[0].bytes) - m.all[row].size
		for _, r := range rows {
			want := m.all[row]
			size := int64(r.bytes) - base
			if r.At != want.at || r.Lag.Duration() != want.lag || size != want.size {
				t.Fatalf("row %d: at %d, lag %v, %d bytes; want %+v", row, r.At, r.Lag.Duration(), size, want)
			}
			if off := want.at - m.came[row].at; off <= -m.width || off >= m.width {
				t.Fatalf("row %d is %v from when it came", row, time.Duration(off))
			}
			base = int64(r.bytes)
			row++
		}
	}
	if row > to {
		t.Fatalf("%d rows of %d", row-from, to-from)
	}
}

// Search holds the search for an instant against the oracle, whose rows must be in
// the order of time.
func (m *foldMachine) Search(t *rapid.T) {
	at := des.Time(rapid.Int64Range(0, int64(m.now)+1).Draw(t, "at"))
	want := m.log.first
	for ; want < m.log.next && m.all[want].at <= at; want++ {
		if want > m.log.first && m.all[want].at < m.all[want-1].at {
			t.Fatalf("row %d before row %d", want, want-1)
		}
	}
	if got := m.log.after(m.log.first, at); got != want {
		t.Fatalf("the first row after %d is %d, want %d", at, got, want)
	}
}

// TestFold plays a log that is folded at any time against a plain slice of rows.
func TestFold(t *testing.T) {
	folds, joins, runs := int64(0), int64(0), int64(0)
	rapid.Check(t, func(t *rapid.T) {
		m := newFoldMachine()
		t.Repeat(map[string]func(*rapid.T){
			"append": m.Append, "append more": m.Append, "append still more": m.Append, "fold": m.Fold, "join": m.Join, "get": m.Get, "release": m.Release, "release all": m.ReleaseAll,
			"restart": m.Restart, "search": m.Search, "read": m.Read, "": m.Check,
		})
		folds += m.folds
		joins += m.joins
		runs++
	})
	if testing.Short() { // few runs of few steps
		runs = 1
	}
	if t.Logf("%d rows folded and %d lots joined", folds, joins); folds < 1000*runs || joins < 10*runs {
		t.Error("too few for what the test is for")
	}
}

// TestLotLastsLessThanASecond: rows exactly a second apart are of two lots.
func TestLotLastsLessThanASecond(t *testing.T) {
	for apart, want := range map[des.Time]int64{1e9 - 1: 1, 1e9: 2} {
		var l log
		var free freeList
		for i := range des.Time(2 * chunkRows) {
			at := min(1, i) * apart
			if i >= chunkRows {
				at += 2 * exactFor
			}
			l.append(at, 0, 10, &free)
		}
		if l.fold(narrow, nil, &free); l.lots.row != chunkRows || l.lots.next != want {
			t.Errorf("rows %v apart: %d rows in %d lots, want %d lots", time.Duration(apart), l.lots.row, l.lots.next, want)
		}
	}
}

// TestPausedReader: a reader stops in the middle of rows of many sizes. A first
// fold ends before its place, a second one goes over it; what it is given before
// and after adds up to the byte.
func TestPausedReader(t *testing.T) {
	var l log
	var free freeList
	appendTo := func(end int64) {
		for l.next < end {
			l.append(des.Time(l.next)*10e6, 0, uint32(1+l.next%7*100), &free)
		}
	}
	const place = 6_010
	appendTo(place)
	l.answered(0, place, 1)
	before := l.bytesBeforeOr(place)
	for _, end := range []int64{12_000, 20_000} {
		appendTo(end)
		l.fold(narrow, []int64{0}, &free)
		if edge := l.lots.row; edge < end-6300 || edge > end-6000 { // a minute is 6,000 rows
			t.Fatalf("of %d rows those before row %d are folded", end, edge)
		}
	}
	l.join(wide, []int64{0}, &free)
	if n := l.lots.next - l.lots.first; n != 2 {
		t.Errorf("%d lots, want one before the reader's place and one after it", n)
	}
	if after := l.bytesBeforeOr(place); after != before {
		t.Errorf("%d bytes before the reader's place, %d when it was given them", after, before)
	}
}

// TestJoinFillsBlocks: rows a second apart, first in lots of one row and then of
// two, whose number just fills its blocks.
func TestJoinFillsBlocks(t *testing.T) {
	var l log
	var free freeList
	appendTo := func(end int64) {
		for l.next < end {
			l.append(des.Time(l.next)*1e9, 0, 10, &free)
		}
	}
	check := func(lots int64) {
		t.Helper()
		blocks := lots / blockLots
		if l.lots.next != lots || free.lots != blocks || int64(len(l.lots.blocks)) != blocks {
			t.Errorf("%d lots in %d blocks, want %d in %d", l.lots.next, len(l.lots.blocks), lots, blocks)
		}
		for row := range l.next {
			if at := l.acceptedAt(row); at != des.Time(row)*1e9 || l.bytesBefore(row) != 10*row {
				t.Fatalf("row %d at %d after %d bytes", row, at, l.bytesBefore(row))
			}
		}
	}
	appendTo(2*chunkRows + 70)
	l.fold(1e9, nil, &free)
	check(512)
	l.join(2e9, nil, &free)
	check(256)
	appendTo(3*chunkRows + 70)
	l.fold(2e9, nil, &free)
	check(384)
}
