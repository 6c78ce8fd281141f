package autoscale

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// ParseScalingUtils reads the configuration of amazon-kinesis-scaling-utils as it is: a
// JSON array of streamMonitor objects, one policy each. Values must have the types that
// its README gives; fields that it does not know are passed over, as newer or older
// versions have others. What the tool takes for granted and would stop without (both
// directions, each with a threshold, minutes and an amount) is asked for.
func ParseScalingUtils(r io.Reader) ([]ScalingUtils, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	var monitors []json.RawMessage
	if err := json.Unmarshal(text, &monitors); err != nil {
		return nil, fmt.Errorf("scaling-utils configuration: %w", plain(text, err))
	}
	if len(monitors) == 0 {
		return nil, errors.New("scaling-utils configuration: no streamMonitor in the array")
	}
	policies := make([]ScalingUtils, len(monitors))
	for i, text := range monitors {
		if policies[i], err = parseMonitor(text); err != nil {
			return nil, fmt.Errorf("scaling-utils configuration: streamMonitor %d: %w", i+1, err)
		}
	}
	return policies, nil
}

// streamMonitor is the object of the configuration. A nil field is not there.
type streamMonitor struct {
	StreamName    string         `json:"streamName"`
	Region        string         `json:"region"`
	Operations    operations     `json:"scaleOnOperation"`
	MinShards     *int           `json:"minShards"`
	MaxShards     *int           `json:"maxShards"`
	Refresh       *int           `json:"refreshShardsNumberAfterMin"`
	CheckInterval *int           `json:"checkInterval"`
	ScaleUp       *scalingConfig `json:"scaleUp"`
	ScaleDown     *scalingConfig `json:"scaleDown"`
}

type scalingConfig struct {
	ThresholdPct *int `json:"scaleThresholdPct"`
	AfterMins    *int `json:"scaleAfterMins"`
	Count        *int `json:"scaleCount"`
	Pct          *int `json:"scalePct"`
	CoolOffMins  *int `json:"coolOffMins"`
}

// operations is a list; versions before .9.5 had a single name.
type operations []string

func (o *operations) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*o = operations{one}
		return nil
	}
	var many []string
	if json.Unmarshal(text, &many) != nil {
		return fmt.Errorf("scaleOnOperation is %s; PUT, GET or a list of them", text)
	}
	*o = many
	return nil
}

func parseMonitor(text json.RawMessage) (p ScalingUtils, err error) {
	var c streamMonitor
	if err := json.Unmarshal(text, &c); err != nil {
		return p, plain(text, err)
	}
	if c.StreamName == "" {
		return p, errors.New("streamName is missing")
	}
	p = ScalingUtils{Stream: c.StreamName, Region: "us-east-1", Refresh: monitorRefresh, CheckInterval: monitorCheck}
	if c.Region != "" {
		p.Region = c.Region
	}
	set(&p.Min, c.MinShards)
	set(&p.Max, c.MaxShards)
	setSpan(&p.Refresh, c.Refresh, time.Minute)
	setSpan(&p.CheckInterval, c.CheckInterval, time.Second)
	if p.Put, p.Get, err = c.Operations.both(); err != nil {
		return p, err
	}
	if p.Up, err = c.ScaleUp.rule("scaleUp"); err != nil {
		return p, err
	}
	if p.Down, err = c.ScaleDown.rule("scaleDown"); err != nil {
		return p, err
	}
	return p, p.Validate()
}

// both tells which operations vote: all if none is named.
func (o operations) both() (put, get bool, err error) {
	for _, name := range o {
		switch name {
		case "PUT":
			put = true
		case "GET":
			get = true
		default:
			return false, false, fmt.Errorf("scaleOnOperation %q is neither PUT nor GET", name)
		}
	}
	return put || len(o) == 0, get || len(o) == 0, nil
}

func (c *scalingConfig) rule(name string) (r MonitorRule, err error) {
	switch {
	case c == nil:
		return r, fmt.Errorf("%s is missing; the tool stops without it", name)
	case c.ThresholdPct == nil:
		return r, fmt.Errorf("%s.scaleThresholdPct is missing", name)
	case c.AfterMins == nil:
		return r, fmt.Errorf("%s.scaleAfterMins is missing", name)
	case c.Count != nil && *c.Count < 1:
		return r, fmt.Errorf("%s.scaleCount is %d; from 1", name, *c.Count)
	case c.Count == nil && c.Pct != nil && *c.Pct < 1:
		return r, fmt.Errorf("%s.scalePct is %d; from 1", name, *c.Pct)
	}
	r = MonitorRule{ThresholdPct: *c.ThresholdPct, AfterMins: *c.AfterMins}
	set(&r.Count, c.Count)
	set(&r.Pct, c.Pct)
	setSpan(&r.CoolOff, c.CoolOffMins, time.Minute)
	return r, nil
}

func set(to, from *int) {
	if from != nil {
		*to = *from
	}
}

// setSpan takes a number of units; one that no duration holds becomes one that no range
// does.
func setSpan(to *time.Duration, from *int, unit time.Duration) {
	if from != nil {
		*to = time.Duration(min(max(*from, -1), 1e6)) * unit
	}
}

// plain says in words of JSON what is wrong with it, and in which line.
func plain(text []byte, err error) error {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &kind):
		what := "a JSON array of streamMonitor objects"
		switch name := kind.Type.String(); {
		case name == "int":
			what = "a whole number"
		case name == "string":
			what = "a string"
		case strings.HasSuffix(name, "streamMonitor"), strings.HasSuffix(name, "scalingConfig"):
			what = "an object"
		}
		field := kind.Field
		if field == "" {
			field = "it"
		}
		return fmt.Errorf("%s must be %s, not a JSON %s", field, what, kind.Value)
	case errors.As(err, &syntax):
		line := 1 + strings.Count(string(text[:min(int(syntax.Offset), len(text))]), "\n")
		return fmt.Errorf("line %d: %w", line, err)
	}
	return err
}
