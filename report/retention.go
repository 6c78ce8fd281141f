package report

import (
	"encoding/json"
	"time"
)

// retentionMS is the retention in the effective scenario, in milliseconds; 0
// when it cannot be told. The result carries the scenario as a document for
// people, so this is a help for the eye and nothing rests on it.
func retentionMS(config json.RawMessage) float64 {
	var c struct {
		Stream struct {
			Retention string `json:"retention"`
		} `json:"stream"`
	}
	if json.Unmarshal(config, &c) != nil {
		return 0
	}
	text, days := c.Stream.Retention, 1.0
	if n := len(text); n > 1 && text[n-1] == 'd' {
		text, days = text[:n-1]+"h", 24
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0
	}
	return days * float64(d) / float64(time.Millisecond)
}
