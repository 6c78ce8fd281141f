package workload

import (
	"math"
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kinesim/model"
	"kinesim/sim/des"
)

// flat draws rows of a rate file.
func flat(t *rapid.T) []Count {
	var rows []Count
	at := time.Duration(0)
	for range rapid.IntRange(2, 10).Draw(t, "rows") {
		n := rapid.OneOf(rapid.Float64Range(0, 50), rapid.Float64Range(0, 1e9)).Draw(t, "records")
		rows = append(rows, Count{At: at, Records: n})
		at += time.Duration(rapid.Int64Range(1, int64(time.Hour)).Draw(t, "spacing"))
	}
	return rows
}

// TestDueIsExact: at any instant the total is right to the millionth of a record,
// and no rounding of one row is carried into the next.
func TestDueIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := flat(t)
		r, err := Counts(rows)
		if err != nil {
			t.Fatal(err)
		}
		base := int64(0)
		for i := range rows {
			p := &r.pieces[i]
			num, span := int64(math.Round(rows[i].Records*1e6)), int64(p.end-p.start)
			x := rapid.Int64Range(0, span).Draw(t, "x")
			part := new(big.Int).Mul(big.NewInt(x), big.NewInt(num))
			if got, want := p.due(p.start+des.Time(x)), base+part.Quo(part, big.NewInt(span)).Int64(); got != want {
				t.Fatalf("row %d: %d millionths are due after %d ns, want %d", i, got, x, want)
			}
			base += num
		}
	})
}

// shape draws steps, with and without ramps.
func shape(t *rapid.T) []Step {
	var steps []Step
	at := time.Duration(rapid.Int64Range(0, 1e9).Draw(t, "start"))
	for range rapid.IntRange(1, 6).Draw(t, "steps") {
		s := Step{At: at, Rate: model.Rate{Micro: rapid.Int64Range(0, 1e9).Draw(t, "rate"), Per: time.Second}}
		if rapid.Bool().Draw(t, "ramps") {
			s.Ramp = time.Duration(rapid.Int64Range(1, 1e11).Draw(t, "ramp"))
		}
		steps = append(steps, s)
		at += s.Ramp + time.Duration(rapid.Int64Range(1, 1e11).Draw(t, "rest"))
	}
	return steps
}

// integral is the closed form of what steps bring before end: rectangles, and
// trapezia under the ramps.
func integral(steps []Step, end float64) float64 {
	sum, rate, last := 0.0, 0.0, 0.0 // the rate since last
	for _, s := range steps {
		from, to, next := s.At.Seconds(), (s.At + s.Ramp).Seconds(), s.Rate.Hz()
		sum += rate * (min(end, from) - min(end, last))
		if x := min(end, to) - min(end, from); x > 0 {
			reached := rate + (next-rate)*x/s.Ramp.Seconds()
			sum += x * (rate + reached) / 2
		}
		rate, last = next, to
	}
	return sum + rate*(max(end, last)-last)
}

// TestExpectedIsTheIntegral of the rate, at any instant, and never falls.
func TestExpectedIsTheIntegral(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps := shape(t)
		r, err := Steps(steps)
		if err != nil {
			t.Fatal(err)
		}
		earlier, before := des.Time(0), 0.0
		for range 20 {
			end := earlier + des.Time(rapid.Int64Range(0, 5e10).Draw(t, "pause"))
			got, want := r.Expected(end), integral(steps, end.Seconds())
			// Each piece may round by a millionth; the rest is what floats of 1e6 records lose.
			if math.Abs(got-want) > 2e-5+1e-11*want {
				t.Fatalf("%v records before %v, want %v", got, end, want)
			}
			if got < before-2e-6 {
				t.Fatalf("%v records before %v, but %v before %v", got, end, before, earlier)
			}
			earlier, before = end, got
		}
	})
}

// TestWhenDue: a record of a constant piece arises in the last nanosecond before
// its total is reached, or exactly when it is.
func TestWhenDue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		num, per := rapid.Int64Range(1, 1e12).Draw(t, "num"), rapid.Int64Range(1, 1e13).Draw(t, "per")
		p := piece{start: 5e9, end: des.Forever, base: rapid.Int64Range(0, 1e6).Draw(t, "base"), num: num, per: per}
		n := rapid.Int64Range(1, 1e6).Draw(t, "n")
		at := p.whenDue(n)
		if at > 1e18 {
			t.Skip("after the end of time")
		}
		if before, after := p.due(at-1), p.due(at+1); at > p.start && before >= n*micro || after < n*micro {
			t.Fatalf("record %d arises at %d: %d millionths are due a nanosecond before, %d after", n, at, before, after)
		}
	})
}

// TestTooMany: totals beyond the most that a producer may offer are refused, not
// wrapped around to something small, also where little comes before.
func TestTooMany(t *testing.T) {
	slow, fast := model.PerSecond(1), model.PerSecond(1e9)
	for name, steps := range map[string][]Step{
		"at once":      {{Rate: fast}, {At: 20_000 * time.Second}},
		"after little": {{Rate: slow}, {At: time.Second, Rate: fast}, {At: 20_000 * time.Second}},
		"in a ramp":    {{Rate: fast, Ramp: 24 * time.Hour}, {At: 48 * time.Hour}},
	} {
		if r, err := Steps(steps); err == nil {
			t.Errorf("%s: taken, with %v records in all", name, r.Expected(des.Time(72*time.Hour)))
		}
	}
	r, err := Steps([]Step{{Rate: fast}, {At: time.Second, Rate: fast}})
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Expected(des.Forever); got <= MaxRecords {
		t.Errorf("%v records for ever", got)
	}
}

// TestLateRecords: what a very low rate would bring after the end of time arises
// at the end of time, not before its beginning.
func TestLateRecords(t *testing.T) {
	r, err := Steps([]Step{{At: time.Second, Rate: model.Rate{Micro: 1, Per: time.Second}}})
	if err != nil {
		t.Fatal(err)
	}
	dst := make([]des.Time, 2)
	n := Regular{}.Start(r, EvenPart(49_999, 50_000), nil).Fill(dst)
	for _, at := range dst[:n] {
		if at != des.Forever {
			t.Errorf("a record of client 49,999 arises at %d", at)
		}
	}
}

// TestLastRow: the last row of a rate file holds for the median spacing of the
// rows, and a single one for a minute; then nothing comes.
func TestLastRow(t *testing.T) {
	for _, c := range []struct {
		at   []time.Duration
		last time.Duration // how long it holds
	}{
		{[]time.Duration{0}, time.Minute},
		{[]time.Duration{0, 10}, 10},
		{[]time.Duration{0, 1000, 1010, 1025}, 15},
		{[]time.Duration{0, 20, 25, 1025, 1045}, 20},
	} {
		var rows []Count
		for _, at := range c.at {
			rows = append(rows, Count{At: at, Records: 7})
		}
		r, err := Counts(rows)
		if err != nil {
			t.Fatal(err)
		}
		whole, end := float64(7*len(rows)), des.Time(c.at[len(c.at)-1]+c.last)
		if before, at, after := r.Expected(end-1), r.Expected(end), r.Expected(end+100); before >= whole || at != whole || after != whole {
			t.Errorf("%v: %v, %v and %v records by the end of the last row, want %v", c.at, before, at, after, whole)
		}
	}
}

// TestPeakOfAFall: a ramp that falls is highest where it begins, and one that is
// still to come does not count.
func TestPeakOfAFall(t *testing.T) {
	r, err := Steps([]Step{{Rate: model.PerSecond(10)}, {At: 10 * time.Second, Rate: model.PerSecond(500), Ramp: time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Peak(10e9); got != 10 {
		t.Errorf("peak %v before the ramp", got)
	}
	fall := piece{end: 1e9, ramp: true, a: 8e-9, b: 2e-9}
	if got := (Rate{[]piece{fall}}).Peak(1e9); math.Abs(got-8) > 1e-12 {
		t.Errorf("peak %v of a fall from 8", got)
	}
}
