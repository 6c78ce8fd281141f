package kinesis

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"kinesim/sim/des"
)

// record is a row as the oracle keeps it.
type record struct {
	at   des.Time
	lag  time.Duration
	size int64
}

// logMachine plays a log beside a plain slice of all rows.
type logMachine struct {
	log  log
	free freeList
	all  []record
	now  des.Time
}

func (m *logMachine) Append(t *rapid.T) {
	for range rapid.IntRange(1, 400).Draw(t, "rows") {
		m.now += des.Time(rapid.Int64Range(0, 3).Draw(t, "pause"))
		r := record{m.now, time.Duration(rapid.Int64Range(0, 1e12).Draw(t, "lag")), rapid.Int64Range(1, 10<<20).Draw(t, "size")}
		m.log.append(r.at, PackLag(r.lag), uint32(r.size), &m.free)
		m.all = append(m.all, r)
	}
}

func (m *logMachine) Drop(t *rapid.T) {
	m.log.drop(rapid.Int64Range(m.log.first, m.log.next).Draw(t, "row"), &m.free)
}

// Read holds a read of the log against the same read of the slice.
func (m *logMachine) Read(t *rapid.T) {
	from := rapid.Int64Range(0, m.log.next).Draw(t, "from")
	limit, room := rapid.Int64Range(1, 600).Draw(t, "limit"), rapid.Int64Range(0, 300<<20).Draw(t, "room")
	visible := m.now - des.Time(rapid.Int64Range(0, 20).Draw(t, "before"))
	got, cut := m.log.read(from, limit, room, m.now, visible)

	from = max(from, m.log.first)
	to, bytes, full := from, int64(0), false
	for to < m.log.next && to < from+limit && m.all[to].at <= visible {
		if bytes+m.all[to].size > room {
			full = true
			break
		}
		bytes += m.all[to].size
		to++
	}
	if got.From != from || got.To != to || int64(got.Bytes) != bytes || cut != full {
		t.Fatalf("rows %d to %d of %d bytes, cut %v; want %d to %d of %d, %v", got.From, got.To, got.Bytes, cut, from, to, bytes, full)
	}
	if to > from && got.Last != m.all[to-1].at {
		t.Fatalf("the last accepted at %d, want %d", got.Last, m.all[to-1].at)
	}
}

// Check holds what is kept against the slice.
func (m *logMachine) Check(t *rapid.T) {
	if m.log.next != int64(len(m.all)) {
		t.Fatalf("%d rows, want %d", m.log.next, len(m.all))
	}
	for row := m.log.first; row < m.log.next; row += 97 {
		want, got := m.all[row], m.log.chunk(row).row(row%chunkRows)
		if m.log.acceptedAt(row) != want.at || m.log.bytesBefore(row+1)-m.log.bytesBefore(row) != want.size {
			t.Fatalf("row %d accepted at %d with %d bytes", row, got.At, m.log.bytesBefore(row+1)-m.log.bytesBefore(row))
		}
		if off := got.Lag.Duration() - want.lag; off > 0 || float64(-off) > 3e-8*float64(want.lag) {
			t.Fatalf("row %d lagged %v, want %v", row, got.Lag.Duration(), want.lag)
		}
	}
}

// TestLog plays appends, reads and drops in any order.
func TestLog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := new(logMachine)
		t.Repeat(map[string]func(*rapid.T){"append": m.Append, "drop": m.Drop, "read": m.Read, "": m.Check})
	})
}

// TestLagIsExact to 67 ms, which is where most delays are.
func TestLagIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(0, 1<<lagBits-1).Draw(t, "lag"))
		if got := PackLag(d).Duration(); got != d {
			t.Fatalf("%v comes back as %v", d, got)
		}
	})
}
