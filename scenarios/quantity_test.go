package scenarios

import (
	"errors"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kinesim/model"
)

// scalars are all types that are written as one word.
var scalars = []func() scalar{
	func() scalar { return new(Size) }, func() scalar { return new(RecordRate) }, func() scalar { return new(Duration) },
	func() scalar { return new(Share) }, func() scalar { return new(Money) }, func() scalar { return new(Instant) },
	func() scalar { return new(Window) }, func() scalar { return new(Name) }, func() scalar { return new(Key) },
	func() scalar { return new(HashKey) },
}

// parsed parses a text as a T.
func parsed[T any, P interface {
	*T
	scalar
}](text string) (T, error) {
	var x T
	err := P(&x).parse(text)
	return x, err
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]int64{
		"0B": 0, "900B": 900, "6KiB": 6144, "1MB": 1e6, "1MiB": 1 << 20, "1kB": 1000, "1KB": 1000, "2.5MiB": 5 << 19,
		"0.5KiB": 512, "1.50 MiB": 3 << 19, "1GiB": 1 << 30, "8TiB": 8 << 40, "007B": 7, "1 B": 1,
	} {
		if got, err := parsed[Size](text); err != nil || int64(got) != want {
			t.Errorf("%q is %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "B", "1", "KiB", "-1B", "1kib", "1K", "1Mi", "0.3B", "1.2.3B", ".5KiB", "1.B", "1e3B", "10EiB", "9999999TiB", "1MiB/s", "١B", "1,000B", "0x10B", strings.Repeat("9", 50) + "B", "1MiB1"} {
		if got, err := parsed[Size](text); err == nil {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
}

func TestRates(t *testing.T) {
	for text, want := range map[string]model.Rate{
		"3500/s": {Micro: 3_500_000_000, Per: time.Second}, "90000/m": {Micro: 90_000_000_000, Per: time.Minute},
		"10/h": {Micro: 10_000_000, Per: time.Hour}, "0.5/s": {Micro: 500_000, Per: time.Second},
		"0.1/s": {Micro: 100_000, Per: time.Second}, "0/s": {Per: time.Second}, "0.000001/h": {Micro: 1, Per: time.Hour},
		"1.100000000/s": {Micro: 1_100_000, Per: time.Second}, "9223372036854/s": {Micro: 9_223_372_036_854_000_000, Per: time.Second},
	} {
		if got, err := parsed[RecordRate](text); err != nil || model.Rate(got) != want {
			t.Errorf("%q is %+v, %v; want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "/s", "10", "10/", "10/d", "10/ms", "-1/s", "1e3/s", "1e400/s", "NaN/s", ".5/s", "5./s", "0.0000001/s", "9223372036855/s", "10 / s", "10 /s", "10/s/s", "10rec/s", "+1/s", "1_000/s"} {
		if got, err := parsed[RecordRate](text); err == nil {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
	_, err := parsed[RecordRate]("2.5MiB/s")
	if err == nil || !strings.Contains(err.Error(), "counts records") {
		t.Errorf("a byte rate gives %v", err)
	}
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0s": 0, "0ms": 0, "500ms": 500 * time.Millisecond, "1.5h": 90 * time.Minute, "1d12h": 36 * time.Hour,
		"2w": 14 * 24 * time.Hour, "1h30m": 90 * time.Minute, "0.5d": 12 * time.Hour, "150us": 150 * time.Microsecond,
		"150µs": 150 * time.Microsecond, "1ns": 1, "0.000000001s": 1, "106751d": 106751 * 24 * time.Hour, "1m1m": 2 * time.Minute,
	} {
		if got, err := parsed[Duration](text); err != nil || time.Duration(got) != want {
			t.Errorf("%q is %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "10", "s", "-1s", "1y", "1 s", "1.5", "1.s", ".5s", "1h30", "0.5ns", "0.0000000001s", "106752d", "99999999999999999999w", "15251w1s", "1d2", "1e3s"} {
		if got, err := parsed[Duration](text); err == nil {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
}

func TestShares(t *testing.T) {
	for text, want := range map[string]float64{"12%": 0.12, "0.5%": 0.005, "0.1%": 0.001, "100%": 1, "0%": 0, "0.0000001%": 1e-9, "150%": 1.5, "33.3 %": 0.333} {
		if got, err := parsed[Share](text); err != nil || got.Ratio() != want {
			t.Errorf("%q is %v, %v; want %v", text, got.Ratio(), err, want)
		}
	}
	for _, text := range []string{"", "%", "12", "0.12", "-1%", "12%%", "0.00000001%", "99999999999999%", "NaN%", "1e2%"} {
		if got, err := parsed[Share](text); err == nil {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
}

func TestMoney(t *testing.T) {
	if got, err := parsed[Money]("900 USD"); err != nil || model.USD(got) != 900*model.Dollar {
		t.Errorf("900 USD is %v, %v", got, err)
	}
	if got, err := parsed[Money]("0.000000014USD"); err != nil || got != 14 {
		t.Errorf("0.000000014USD is %d, %v", got, err)
	}
	for _, text := range []string{"", "USD", "900", "$900", "900 EUR", "-1 USD", "0.0000000001 USD", "99999999999 USD"} {
		if got, err := parsed[Money](text); err == nil {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
}

func TestInstantsAndWindows(t *testing.T) {
	if got, err := parsed[Instant]("2026-11-27T18:00:00+01:00"); err != nil || !time.Time(got).Equal(time.Date(2026, 11, 27, 17, 0, 0, 0, time.UTC)) {
		t.Errorf("an instant is %v, %v", got, err)
	}
	if _, err := parsed[Instant]("2026-11-27"); err == nil {
		t.Error("a date is taken for an instant")
	}
	if got, err := parsed[Window]("1.5h .. 3h"); err != nil || got.From != Duration(90*time.Minute) || got.To != Duration(3*time.Hour) {
		t.Errorf("a window is %v, %v", got, err)
	}
	for _, text := range []string{"", "..", "1h", "1h..", "..1h", "2h..1h", "1h..1h", "1h...2h", "1..2"} {
		if got, err := parsed[Window](text); err == nil {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
}

func TestNamesKeysHashKeys(t *testing.T) {
	for _, text := range []string{"", "-a", "a b", "a.b", "ä", strings.Repeat("a", 65)} {
		if _, err := parsed[Name](text); err == nil {
			t.Errorf("%q is taken for a name", text)
		}
	}
	for text, ok := range map[string]bool{"": false, "a": true, strings.Repeat("ä", 256): true, strings.Repeat("a", 257): false, "\xff": false, "new\nline": true} {
		if _, err := parsed[Key](text); (err == nil) != ok {
			t.Errorf("key %q: %v", text, err)
		}
	}
	for text, ok := range map[string]bool{"0": true, "00": false, "-1": false, model.MaxHashKey.String(): true, model.MaxHashKey.String() + "0": false, "": false} {
		if _, err := parsed[HashKey](text); (err == nil) != ok {
			t.Errorf("hash key %q: %v", text, err)
		}
	}
}

// TestPrintThenParse wants what is printed to be read as the same value.
func TestPrintThenParse(t *testing.T) {
	same := func(name string, t *rapid.T, x, y scalar) {
		if err := y.parse(x.String()); err != nil || y.String() != x.String() {
			t.Fatalf("%s %s is read as %s, %v", name, x, y, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, math.MaxInt64).Draw(t, "n")
		per := rapid.SampledFrom([]time.Duration{time.Second, time.Minute, time.Hour}).Draw(t, "per")
		same("size", t, ptr(Size(n)), new(Size))
		same("duration", t, ptr(Duration(n)), new(Duration))
		same("share", t, ptr(Share(n)), new(Share))
		same("money", t, ptr(Money(n)), new(Money))
		same("rate", t, &RecordRate{n, per}, new(RecordRate))
		same("window", t, &Window{Duration(n / 2), Duration(n/2 + 1)}, new(Window))
		same("hash key", t, &HashKey{Hi: uint64(n) * 2, Lo: rapid.Uint64().Draw(t, "lo")}, new(HashKey))
		for _, x := range []interface{ base() int64 }{ptr(Size(n)), ptr(Duration(n)), ptr(Share(n))} {
			if x.base() != n {
				t.Fatalf("%T(%d) has base %d", x, n, x.base())
			}
		}
	})
}

// TestMistakes wants every refusal to be a mistake with a code and a sentence.
func TestMistakes(t *testing.T) {
	for _, fresh := range scalars {
		for _, text := range []string{"", "?", "-1s", "-", "%", "1..", "\x00"} {
			err := fresh().parse(text)
			var m mistake
			if err != nil && (!errors.As(err, &m) || m.code == "" || m.message == "") {
				t.Errorf("%T refuses %q with %#v", fresh(), text, err)
			}
		}
	}
}

// FuzzScalars wants that no text makes a parser panic, that what is taken matches
// the pattern that editors know, and that it prints as something that is read
// back.
func FuzzScalars(f *testing.F) {
	for _, text := range []string{"", "10/s", "1MiB", "1d12h", "0.5%", "900 USD", "2026-11-27T18:00:00Z", "2h..3h", "customer-1", "170141183460469231731687303715884105728", "1e400/s", "..", "%", "-5/s"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, fresh := range scalars {
			x := fresh()
			if x.parse(text) != nil {
				continue
			}
			if pattern := x.form().pattern; !regexp.MustCompile(pattern).MatchString(text) {
				t.Errorf("%T takes %q, which does not match %s", x, text, pattern)
			}
			y := fresh()
			if err := y.parse(x.String()); err != nil || x.String() != y.String() {
				t.Errorf("%T %q prints as %q, which is read as %q, %v", x, text, x, y, err)
			}
		}
	})
}

func TestBareNumbers(t *testing.T) {
	for _, c := range []struct {
		s      scalar
		number string
		want   string
	}{
		{new(RecordRate), "10", "write 10/s"}, {new(Size), "1000", "write 1000B"}, {new(Duration), "1.5", "write 1.5s"},
		{new(Duration), "30000", "write 30000ms if these are milliseconds, or 30000s"}, {new(Duration), "999", "write 999s"},
		{new(Money), "900", "write 900 USD"}, {new(Share), "12", "write 12%"},
		{new(Share), "0.005", "write 0.5%, or 0.005% if so little is meant"},
		{new(Share), "0.5", "write 50%, or 0.5% if so little is meant"}, {new(Share), "0.125", "write 12.5%, or 0.125% if so little is meant"},
	} {
		if got := c.s.form().write(c.number); got != c.want {
			t.Errorf("%T %s: %q, want %q", c.s, c.number, got, c.want)
		}
	}
}
