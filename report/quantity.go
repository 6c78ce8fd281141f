package report

import (
	"math"
	"strconv"
	"strings"
)

// Numbers in a report have a unit and about three significant digits: enough
// to compare, few enough to read. Counts are exact. Where two numbers stand
// side by side and would look alike though they differ, apart finds the digits
// that tell them apart.

// digits is how many significant digits a number has unless more are needed.
const digits = 3

// count prints a whole number with thousands separators.
func count(n int64) string {
	text := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, text = "-", text[1:]
	}
	return sign + grouped(text)
}

// grouped puts a comma before each group of three digits.
func grouped(whole string) string {
	var b strings.Builder
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// number prints x with that many significant digits, never fewer than the
// whole part has, without trailing zeros, with thousands separators.
func number(x float64, digits int) string {
	switch {
	case math.IsNaN(x):
		return "–"
	case math.IsInf(x, 1):
		return "∞"
	case math.IsInf(x, -1):
		return "-∞"
	}
	decimals := 0
	if abs := math.Abs(x); abs > 0 {
		// The exponent of the rounded number: 9.996 has two digits before the
		// point at three digits, not one.
		e := strconv.FormatFloat(abs, 'e', digits-1, 64)
		exponent, _ := strconv.Atoi(e[strings.IndexByte(e, 'e')+1:])
		decimals = max(0, digits-1-exponent)
	}
	text := strconv.FormatFloat(x, 'f', decimals, 64)
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	}
	whole, fraction, _ := strings.Cut(text, ".")
	if fraction = strings.TrimRight(fraction, "0"); fraction != "" {
		fraction = "." + fraction
	}
	if sign != "" && whole == "0" && fraction == "" {
		sign = ""
	}
	return sign + grouped(whole) + fraction
}

// percent prints a ratio. A ratio that is not quite 0 or 100 % never looks as
// if it were.
func percent(ratio float64) string { return percentTo(ratio, digits) }

func percentTo(ratio float64, digits int) string {
	abs := math.Abs(ratio)
	switch {
	case ratio != 0 && abs < 1e-4 && digits <= 3:
		return "< 0.01 %"
	case abs < 1 && abs >= 0.9995 && digits <= 3:
		return "> 99.9 %"
	case abs < 0.1 && digits == 3: // 3.1 %, 0.35 %: two digits say enough of a small share
		digits = 2
	}
	return number(ratio*100, digits) + " %"
}

// dataSize prints bytes with a binary unit.
func dataSize(bytes float64) string { return dataSizeTo(bytes, digits) }

func dataSizeTo(bytes float64, digits int) string {
	unit, size := byteUnit(bytes)
	return number(bytes/size, digits) + " " + unit
}

// byteUnits are the units of sizes, largest first.
var byteUnits = []struct {
	name string
	size float64
}{{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}}

// byteUnit is the largest unit that the size fills.
func byteUnit(bytes float64) (name string, size float64) {
	for _, u := range byteUnits {
		// 1,023.9 KiB would print as 1,024 KiB at three digits.
		if math.Abs(bytes) >= u.size*0.9995 {
			return u.name, u.size
		}
	}
	return "B", 1
}

// money prints US dollars; cents where they can be seen.
func money(usd float64) string {
	abs := math.Abs(usd)
	switch {
	case usd == 0:
		return "0 USD"
	case abs < 0.005:
		return number(usd, 2) + " USD"
	}
	text := strconv.FormatFloat(abs, 'f', 2, 64)
	whole, cents, _ := strings.Cut(text, ".")
	sign := ""
	if usd < 0 {
		sign = "-"
	}
	return sign + grouped(whole) + "." + cents + " USD"
}

// quantity prints a value in the unit that a result gives it.
func quantity(value float64, unit string, digits int) string {
	switch unit {
	case "ms":
		return durationTo(value, digits)
	case "ratio":
		return percentTo(value, digits)
	case "USD":
		return money(value)
	case "records", "shards", "calls":
		if value == math.Trunc(value) && math.Abs(value) < 1<<53 {
			return count(int64(value))
		}
	}
	return number(value, digits)
}

// apart prints two values of one unit with as few digits as keep them apart.
func apart(a, b float64, unit string) (string, string) {
	for n := digits; n < 9; n++ {
		x, y := quantity(a, unit, n), quantity(b, unit, n)
		if x != y || a == b {
			return x, y
		}
	}
	return quantity(a, unit, 17), quantity(b, unit, 17)
}

// plural is "1 shard", "8 shards".
func plural(n int64, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(n) + " " + one + "s"
}
