package scenarios

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"

	"kinesim/model"
)

// scalar is a value that is written as one word, with its unit. The pointer to
// each such type implements it.
type scalar interface {
	parse(text string) error // a mistake, when text is not such a value
	form() form
	String() string // the text that parse reads back
}

// measured is a scalar that has an order, so that it can have a range.
type measured interface{ base() int64 }

// form says how a scalar is written.
type form struct {
	noun     string // "a size"
	accepted string // in words, with examples
	pattern  string // for editors; everything that parse takes matches it
	unit     string // what to add to a bare number, "" where a bare number is fine or no number can be
}

// write says how a bare number is given its unit.
func (f form) write(number string) string {
	if n, err := strconv.ParseInt(number, 10, 64); err == nil && n >= 1000 && f.unit == "s" { // more likely what CloudWatch and SDKs count in
		return "write " + number + "ms if these are milliseconds, or " + number + "s"
	}
	if f.unit != "%" || !strings.HasPrefix(number, "0.") {
		return "write " + number + f.unit
	}
	whole, fraction := "", (number + "00")[2:] // the point moves two places to the right
	whole, fraction = fraction[:2], strings.TrimRight(fraction[2:], "0")
	percent := strings.TrimLeft(whole, "0")
	if percent == "" {
		percent = "0"
	}
	if fraction != "" {
		percent += "." + fraction
	}
	return "write " + percent + "%, or " + number + "% if so little is meant"
}

// mistake is what is wrong with the text of a scalar.
type mistake struct{ code, message, hint string }

func (m mistake) Error() string { return m.message }

func wrong(code, format string, arguments ...any) error {
	return mistake{code: code, message: fmt.Sprintf(format, arguments...)}
}

// fixed reads a plain decimal number, digits with an optional fraction, as a
// whole number of 10^-places. Nothing is rounded: a finer fraction is refused.
func fixed(text string, places int) (int64, error) {
	whole, fraction, dot := strings.Cut(text, ".")
	if whole == "" || dot && fraction == "" || strings.Trim(whole+fraction, "0123456789") != "" {
		return 0, wrong(codeValue, "is not a plain decimal number")
	}
	fraction = strings.TrimRight(fraction, "0")
	if len(fraction) > places {
		return 0, wrong(codeValue, "has more than %d decimals", places)
	}
	digits := strings.TrimLeft(whole+fraction+strings.Repeat("0", places-len(fraction)), "0")
	if digits == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, wrong(codeRange, "is too large")
	}
	return n, nil
}

// unfixed prints a whole number of 10^-places as fixed reads it.
func unfixed(n int64, places int) string {
	digits := strconv.FormatInt(n, 10)
	if len(digits) <= places {
		digits = strings.Repeat("0", places+1-len(digits)) + digits
	}
	whole, fraction := digits[:len(digits)-places], strings.TrimRight(digits[len(digits)-places:], "0")
	if fraction == "" {
		return whole
	}
	return whole + "." + fraction
}

// amount splits a text into its leading number and the unit that follows, after
// a space if people like.
func amount(text string) (number, unit string) {
	i := 0
	for i < len(text) && (text[i] >= '0' && text[i] <= '9' || text[i] == '.') {
		i++
	}
	return text[:i], strings.TrimPrefix(text[i:], " ")
}

// refuse is the mistake of a text that is not of a form, with a plainer reason
// where there is one.
func refuse(text string, f form, err error) error {
	m := mistake{code: codeValue, message: fmt.Sprintf("%q is not %s", text, f.noun)}
	switch {
	case strings.HasPrefix(text, "-"):
		m.code, m.message = codeRange, fmt.Sprintf("%s is negative", text)
	case err != nil:
		if known, ok := err.(mistake); ok {
			m.code = known.code
		}
		m.message = fmt.Sprintf("%q is not %s: the number %v", text, f.noun, err)
	}
	return m
}

// Size is a number of bytes, such as 900B, 6KiB, 1MB (10^6) or 1MiB (2^20).
type Size model.Bytes

// sizeUnits are the units of sizes; go-humanize knows how large they are.
var sizeUnits = []string{"B", "kB", "KB", "KiB", "MB", "MiB", "GB", "GiB", "TB", "TiB"}

func (Size) form() form {
	return form{"a size", "a size such as 900B, 6KiB, 1MB (10^6) or 1MiB (2^20)", `^[0-9]+(\.[0-9]+)? ?([kKMGT]B|[KMGT]iB|B)$`, "B"}
}

func (s *Size) parse(text string) error {
	number, unit := amount(text)
	if number == "" {
		return refuse(text, s.form(), nil)
	}
	factor, ok := byteUnit(unit)
	if !ok {
		m := mistake{code: codeValue, message: fmt.Sprintf("%q is not a size: %q is not a unit of size", text, unit)}
		if strings.HasSuffix(unit, "/s") {
			m.message = fmt.Sprintf("%q is a rate of bytes where a size belongs", text)
		} else if near := SuggestName(unit, sizeUnits); near != "" {
			m.hint = "did you mean " + number + near + "?"
		}
		return m
	}
	n, err := times(number, factor, "bytes")
	if err != nil {
		return refuse(text, s.form(), err)
	}
	*s = Size(n)
	return nil
}

// byteUnit is how many bytes a unit stands for.
func byteUnit(unit string) (int64, bool) {
	for _, known := range sizeUnits {
		if unit == known {
			n, err := humanize.ParseBytes("1" + unit)
			return int64(n), err == nil
		}
	}
	return 0, false
}

// times is a decimal number times a factor, exactly; what says of what a whole
// number must come out.
func times(number string, factor int64, what string) (int64, error) {
	const longest = 40 // digits; more than any 63-bit number needs, and cheap to reckon with
	if len(number) > longest {
		return 0, wrong(codeRange, "has too many digits")
	}
	if whole, fraction, dot := strings.Cut(number, "."); whole == "" || dot && fraction == "" || strings.Contains(fraction, ".") {
		return 0, wrong(codeValue, "is not a plain decimal number")
	}
	r, ok := new(big.Rat).SetString(number)
	if !ok {
		return 0, wrong(codeValue, "is not a plain decimal number")
	}
	r.Mul(r, new(big.Rat).SetInt64(factor))
	switch {
	case !r.IsInt():
		return 0, wrong(codeValue, "does not make a whole number of %s", what)
	case !r.Num().IsInt64():
		return 0, wrong(codeRange, "is too large")
	}
	return r.Num().Int64(), nil
}

// String prints the size with the largest unit that it is a whole multiple of.
func (s Size) String() string {
	for _, u := range []struct {
		size model.Bytes
		name string
	}{{model.GiB, "GiB"}, {model.MiB, "MiB"}, {model.KiB, "KiB"}} {
		if b := model.Bytes(s); b > 0 && b%u.size == 0 {
			return strconv.FormatInt(int64(b/u.size), 10) + u.name
		}
	}
	return strconv.FormatInt(int64(s), 10) + "B"
}

func (s Size) base() int64 { return int64(s) }

// MarshalText writes the size as it is read.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Share is a part of a whole, such as 12%, in billionths.
type Share int64

// sharePlaces are the decimals of a percentage that is a whole number of
// billionths.
const sharePlaces = 7

func (Share) form() form {
	return form{"a share", "a share such as 12% or 0.5%", `^[0-9]+(\.[0-9]+)? ?%$`, "%"}
}

func (s *Share) parse(text string) error {
	number, unit := amount(text)
	if unit != "%" {
		return refuse(text, s.form(), nil)
	}
	n, err := fixed(number, sharePlaces)
	if err != nil {
		return refuse(text, s.form(), err)
	}
	*s = Share(n)
	return nil
}

// Ratio is the share as a number from 0 to 1.
func (s Share) Ratio() float64 { return float64(s) / 1e9 }

// String prints the share as it is read.
func (s Share) String() string { return unfixed(int64(s), sharePlaces) + "%" }

func (s Share) base() int64 { return int64(s) }

// MarshalText writes the share as it is read.
func (s Share) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Money is an amount such as 900 USD.
type Money model.USD

func (Money) form() form {
	return form{"an amount of money", "an amount such as 900 USD", `^[0-9]+(\.[0-9]+)? ?USD$`, " USD"}
}

func (m *Money) parse(text string) error {
	number, unit := amount(text)
	if unit != "USD" {
		return refuse(text, m.form(), nil)
	}
	n, err := fixed(number, 9)
	if err != nil {
		return refuse(text, m.form(), err)
	}
	*m = Money(n)
	return nil
}

// String prints the amount as it is read.
func (m Money) String() string { return unfixed(int64(m), 9) + " USD" }
