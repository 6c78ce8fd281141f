package scenarios

import (
	"math"
	"regexp"
	"strings"
	"time"
)

// Duration is a span of time: Go's, plus d and w.
type Duration time.Duration

// spanOfTime is one number with its unit, at the beginning of a text.
var spanOfTime = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)(ns|us|µs|ms|s|m|h|d|w)`)

// nanoseconds is how long each unit is.
var nanoseconds = map[string]time.Duration{
	"ns": 1, "us": time.Microsecond, "µs": time.Microsecond, "ms": time.Millisecond,
	"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour,
}

func (Duration) form() form {
	return form{"a duration", "a duration such as 500ms, 10s, 1h30m, 1d12h or 2w", `^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h|d|w))+$`, "s"}
}

func (d *Duration) parse(text string) error {
	var sum time.Duration
	rest := text
	for rest != "" {
		part := spanOfTime.FindStringSubmatch(rest)
		if part == nil {
			return refuse(text, d.form(), nil)
		}
		n, err := times(part[1], int64(nanoseconds[part[2]]), "nanoseconds")
		if err != nil {
			return refuse(text, d.form(), err)
		}
		if n > math.MaxInt64-int64(sum) {
			return refuse(text, d.form(), wrong(codeRange, "is too large"))
		}
		sum += time.Duration(n)
		rest = rest[len(part[0]):]
	}
	if text == "" {
		return refuse(text, d.form(), nil)
	}
	*d = Duration(sum)
	return nil
}

// String prints the duration as Go does, without the parts that are zero.
func (d Duration) String() string {
	text := time.Duration(d).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

func (d Duration) base() int64 { return int64(d) }

// MarshalText writes the duration as it is read.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Instant is a point in time, as RFC 3339 writes it.
type Instant time.Time

func (Instant) form() form {
	return form{"an instant", "a date and time such as 2026-11-27T18:00:00Z", `^[0-9]{4}-[0-9]{2}-[0-9]{2}T.*$`, ""}
}

func (i *Instant) parse(text string) error {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return refuse(text, i.form(), nil)
	}
	*i = Instant(t)
	return nil
}

// String prints the instant as it is read.
func (i Instant) String() string { return time.Time(i).Format(time.RFC3339Nano) }

// MarshalText writes the instant as it is read.
func (i Instant) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// Window is a part of the run, from..to, half-open.
type Window struct{ From, To Duration }

func (Window) form() form {
	return form{"a window", "from..to, such as 2h..3h", `^[^.]+(\.[0-9]+[^.]*)?\.\..+$`, ""}
}

func (w *Window) parse(text string) error {
	from, to, ok := strings.Cut(text, "..")
	if !ok {
		return refuse(text, w.form(), nil)
	}
	var n Window
	if err := n.From.parse(strings.TrimSpace(from)); err != nil {
		return err
	}
	if err := n.To.parse(strings.TrimSpace(to)); err != nil {
		return err
	}
	if n.From >= n.To {
		return wrong(codeConflict, "the window %s ends before it begins", text)
	}
	*w = n
	return nil
}

// String prints the window as it is read.
func (w Window) String() string { return w.From.String() + ".." + w.To.String() }

// MarshalText writes the window as it is read.
func (w Window) MarshalText() ([]byte, error) { return []byte(w.String()), nil }
