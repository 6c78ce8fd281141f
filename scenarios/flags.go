package scenarios

import "time"

// ParseDuration reads a duration as scenarios write it: Go's, plus d and w.
func ParseDuration(text string) (time.Duration, error) {
	var d Duration
	if err := d.parse(text); err != nil {
		return 0, err
	}
	return time.Duration(d), nil
}
