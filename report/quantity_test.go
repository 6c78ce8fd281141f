package report

import (
	"math"
	"testing"
)

func TestQuantities(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{count(0), "0"}, {count(999), "999"}, {count(1000), "1,000"}, {count(-1234567), "-1,234,567"},
		{count(math.MaxInt64), "9,223,372,036,854,775,807"}, {count(math.MinInt64), "-9,223,372,036,854,775,808"},

		{number(0, 3), "0"}, {number(1.5, 3), "1.5"}, {number(2, 3), "2"}, {number(0.00123456, 3), "0.00123"},
		{number(999.6, 3), "1,000"}, {number(9.996, 3), "10"}, {number(1234567.8, 3), "1,234,568"}, {number(-0.00001, 1), "-0.00001"},
		{number(math.NaN(), 3), "–"}, {number(math.Inf(1), 3), "∞"}, {number(math.Inf(-1), 3), "-∞"}, {number(math.Copysign(0, -1), 3), "0"},

		{percent(0), "0 %"}, {percent(1), "100 %"}, {percent(.031), "3.1 %"}, {percent(.333333), "33.3 %"}, {percent(.00001), "< 0.01 %"},
		{percent(.99999), "> 99.9 %"}, {percent(1.5), "150 %"}, {percent(12.34), "1,234 %"}, {percent(.0035), "0.35 %"}, {percent(-.2), "-20 %"},

		{dataSize(0), "0 B"}, {dataSize(900), "900 B"}, {dataSize(1 << 10), "1 KiB"}, {dataSize(1 << 20), "1 MiB"}, {dataSize(1.5 * (1 << 30)), "1.5 GiB"},
		{dataSize(1<<20 - 1), "1 MiB"}, {dataSize(1 << 50), "1,024 TiB"}, {dataSize(1023), "1,023 B"},

		{money(0), "0 USD"}, {money(312.4), "312.40 USD"}, {money(1234567.891), "1,234,567.89 USD"}, {money(.0004), "0.0004 USD"}, {money(-5), "-5.00 USD"},

		{quantity(5, "records", 3), "5"}, {quantity(1e6, "records", 3), "1,000,000"}, {quantity(2.5, "records", 3), "2.5"},
		{quantity(300e3, "ms", 3), "5m"}, {quantity(.5, "ratio", 3), "50 %"}, {quantity(1, "furlong", 3), "1"},

		{plural(1, "shard"), "1 shard"}, {plural(0, "shard"), "0 shards"}, {plural(2000, "shard"), "2,000 shards"},
	} {
		if test.got != test.want {
			t.Errorf("%q, want %q", test.got, test.want)
		}
	}
}

// TestApart: a value that misses its limit by a hair does not look as if it had
// met it.
func TestApart(t *testing.T) {
	for _, test := range []struct {
		a, b       float64
		unit, x, y string
	}{
		{.0049999, .005, "ratio", "0.5 %", "0.5 %"}, // the same to five digits; see below
		{300_100, 300_000, "ms", "5m+100ms", "5m"},
		{500.2, 500, "ms", "500.2ms", "500ms"},
		{5, 5, "records", "5", "5"},
		{.03, .005, "ratio", "3 %", "0.5 %"},
	} {
		x, y := apart(test.a, test.b, test.unit)
		if test.a != test.b && x == y {
			t.Errorf("%v and %v both look like %s", test.a, test.b, x)
		}
		if test.x != test.y && (x != test.x || y != test.y) || test.a == test.b && x != test.x {
			t.Errorf("%s and %s, want %s and %s", x, y, test.x, test.y)
		}
	}
}

func TestDurations(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{duration(0), "0s"}, {duration(.00035), "0.35µs"}, {duration(.35), "350µs"}, {duration(3.24), "3.24ms"}, {duration(71), "71ms"},
		{duration(999.4), "999ms"}, {duration(999.7), "1s"}, {duration(3210), "3.21s"}, {duration(59_900), "59.9s"}, {duration(59_980), "1m"},
		{duration(221e3), "3m41s"}, {duration(300e3), "5m"}, {duration(3600e3), "1h"}, {duration(7980e3), "2h13m"}, {duration(86400e3 * 7), "168h"},
		{duration(-221e3), "-3m41s"}, {duration(math.NaN()), "–"}, {duration(math.Inf(1)), "∞"}, {duration(1e300), number(1e297, 3) + "s"},

		{instant(0, false), "0s"}, {instant(12, false), "12s"}, {instant(245, false), "4m05s"}, {instant(7320, false), "2h02m"},
		{instant(7330, true), "2h02m10s"}, {instant(52.5, true), "52.5s"}, {instant(3600, false), "1h"},

		{newMoments("", 21600).between(7320, 8820), "between 2h02m and 2h27m"},
		{newMoments("", 21600).between(7321, 7329), "between 2h02m01s and 2h02m09s"},
		{newMoments("", 21600).between(7321, 7321), "at 2h02m"},
		{newMoments("", 21600).between(0, 21600), "throughout the run"},
		{newMoments("2026-11-27T18:00:00Z", 21600).at(7320), "at 2h02m (20:02)"},
		{newMoments("2026-11-27T18:00:00+05:30", 21600).at(7320), "at 2h02m (20:02)"},
		{newMoments("soon", 60).at(5), "at 5s"},
	} {
		if test.got != test.want {
			t.Errorf("%q, want %q", test.got, test.want)
		}
	}
}

func TestNames(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{shown("merchant-7"), "merchant-7"}, {shown("a\nb\x1b[0m"), `a\nb\x1b[0m`}, {shown("a\u202eb"), `a\u202eb`}, {shown("naïve ☂"), "naïve ☂"},
		{shown(string([]byte{'a', 0xff})), "a\ufffd"},
		{shardNumber("shardId-000000000005"), "5"}, {shardNumber("shardId-000000000000"), "0"},
		{shardNumber("shardId-000000000005 … shardId-000000000009"), "5–9"}, {shortened("abcdefghij", 6), "abc…ij"},
		{shownText("two\nlines  and\tspace"), "two lines and space"},
	} {
		if test.got != test.want {
			t.Errorf("%q, want %q", test.got, test.want)
		}
	}
	if n := len([]rune(shown(string(make([]rune, 300))))); n > longestName {
		t.Errorf("%d characters", n)
	}
}

// TestAxes: ticks lie on the axis, rise, and are neither few nor many.
func TestAxes(t *testing.T) {
	for _, end := range []float64{1e-3, .5, 1, 7, 59, 60, 61, 600, 3599, 3600, 7200, 21600, 86400, 2.5 * 86400, 30 * 86400, 400 * 86400} {
		for _, start := range []string{"", "2026-11-27T18:07:11Z"} {
			checkTicks(t, newMoments(start, end).timeAxis(), 4, 14)
		}
	}
	for _, top := range []float64{1e-9, .001, 1, 999, 1000, 123456, 8e9} {
		checkTicks(t, countAxis("x", top), 3, 12)
		checkTicks(t, sizeAxis("x", "/s", top), 3, 12)
		if top >= 1 { // a delay has at least some microseconds
			checkTicks(t, delayAxis("x", 0, top), 3, 12)
			checkTicks(t, delayAxis("x", top/1000, top), 2, 60)
			checkTicks(t, delayAxis("x", top/50, top), 2, 60)
		}
	}
	checkTicks(t, percentileAxis(4.3), 4, 8)
}

func checkTicks(t *testing.T, a Axis, least, most int) {
	t.Helper()
	labelled, last := 0, math.Inf(-1)
	for _, tick := range a.Ticks {
		if tick.Value <= last {
			t.Errorf("%s up to %v: tick %v after %v", a.Label, a.Max, tick.Value, last)
		}
		last = tick.Value
		if tick.Value >= a.Min && tick.Value <= a.Max && tick.Label != "" {
			labelled++
		}
	}
	if labelled < least || labelled > most {
		t.Errorf("%s from %v to %v: %d labels", a.Label, a.Min, a.Max, labelled)
	}
}

// TestThinned: thinning keeps the extremes and the order.
func TestThinned(t *testing.T) {
	var points []Point
	for i := range 50_000 {
		points = append(points, Point{float64(i), math.Sin(float64(i) / 1000)})
	}
	points[12_345].Y, points[33_333].Y, points[7].Y = 100, -100, math.NaN()
	kept := thinned(points)
	if len(kept) > mostPoints {
		t.Errorf("%d points", len(kept))
	}
	top, bottom := math.Inf(-1), math.Inf(1)
	for i, p := range kept {
		if i > 0 && p.X <= kept[i-1].X {
			t.Fatal("out of order")
		}
		if p.Y > top {
			top = p.Y
		}
		if p.Y < bottom {
			bottom = p.Y
		}
	}
	if top != 100 || bottom != -100 {
		t.Errorf("from %v to %v", bottom, top)
	}
}
