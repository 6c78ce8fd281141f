package model_test

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"kinesim/model"
)

// TestRegister: each constant has a name, a place of its own in Limits, a source
// or an assumption's number and range, and a default inside of its legal values.
func TestRegister(t *testing.T) {
	limits := model.AWS2026()
	places, names := map[any]string{}, map[string]bool{}
	for _, k := range model.Register {
		place := k.Field(&limits)
		if places[place] != "" || names[k.Name] {
			t.Errorf("%s: the name or the place is taken (by %q)", k.Name, places[place])
		}
		places[place], names[k.Name] = k.Name, true
		if !regexp.MustCompile(`^[a-z][a-z0-9_]*$`).MatchString(k.Name) || !strings.HasSuffix(k.Help, ".") {
			t.Errorf("%q, %q: a name in small letters, and a sentence", k.Name, k.Help)
		}
		assumed := k.Kind == model.Assumed
		switch {
		case assumed != (k.ID != ""):
			t.Errorf("%s is %s with number %q", k.Name, k.Kind, k.ID)
		case assumed && k.Range == "":
			t.Errorf("%s is assumed without a range", k.Name)
		case k.Source == "":
			t.Errorf("%s has no source", k.Name)
		}
		if k.Low > k.High {
			t.Errorf("%s: legal values %d to %d", k.Name, k.Low, k.High)
		}
		var n int64
		switch v := place.(type) {
		case *model.Bytes:
			n = int64(*v)
		case *int64:
			n = *v
		case *time.Duration:
			n = int64(*v)
		case *model.Delay:
			n = int64(max(v.Min, v.P50))
		case *model.Window:
			continue
		}
		if derived := n == 0 && k.Name == "write_burst_bytes"; (n < k.Low || n > k.High) && !derived {
			t.Errorf("%s is %s, outside of %d to %d", k.Name, k.Value(limits), k.Low, k.High)
		}
	}
	if fields := reflect.TypeOf(limits).NumField(); fields != len(places) {
		t.Errorf("Limits has %d fields, the register %d", fields, len(places))
	}
}

// TestDocumentedLimits pins what AWS documents, so that nobody mends a limit in
// passing.
func TestDocumentedLimits(t *testing.T) {
	l := model.AWS2026()
	for name, pair := range map[string][2]int64{
		"write bytes a second and shard":  {int64(l.WriteBytesPerSecond), 1 << 20},
		"write records a second":          {l.WriteRecordsPerSecond, 1000},
		"records of a PutRecords":         {l.PutRecordsRecords, 500},
		"bytes of a PutRecords":           {int64(l.PutRecordsBytes), 10 << 20},
		"read bytes a second and shard":   {int64(l.ReadBytesPerSecond), 2 << 20},
		"GetRecords calls a second":       {l.ReadCallsPerSecond, 5},
		"records of a GetRecords":         {l.GetRecordsLimit, 10_000},
		"bytes of a GetRecords":           {int64(l.GetRecordsBytes), 10 << 20},
		"seconds after a full read":       {int64(l.FullReadPenalty / time.Second), 5},
		"fan-out bytes a second":          {int64(l.EFOBytesPerSecond), 2 << 20},
		"seconds of a subscription":       {int64(l.EFOSubscription / time.Second), 300},
		"bytes of a payload unit":         {int64(l.PutPayloadUnit), 25_600},
		"characters of a partition key":   {model.MaxPartitionKey, 256},
		"a record by default":             {int64(model.DefaultMaxRecord), 1_048_576},
		"a record at the most":            {int64(model.LargestMaxRecord), 10_485_760},
		"hours of retention at the least": {int64(model.MinRetention / time.Hour), 24},
		"hours of retention at the most":  {int64(model.MaxRetention / time.Hour), 8760},
		"consumers of fan-out":            {model.MaxEFOConsumers, 20},
		"shards":                          {model.MaxShards, 10_000},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %d, AWS documents %d", name, pair[0], pair[1])
		}
	}
}

func TestWriteBurst(t *testing.T) {
	l := model.AWS2026()
	if got := l.WriteBurst(model.MiB); got != model.MiB {
		t.Errorf("a stream of 1 MiB records has a burst of %s", got)
	}
	if got := l.WriteBurst(model.MiB + 1); got != 10*model.MiB {
		t.Errorf("a stream of large records has a burst of %s", got)
	}
	l.WriteBurstBytes = 3 * model.MiB
	if got := l.WriteBurst(10 * model.MiB); got != 3*model.MiB {
		t.Errorf("a burst that is given counts as %s", got)
	}
}

// TestEnds: every assumption with a range has values to try, and each can be set, differs
// from the default and is legal.
func TestEnds(t *testing.T) {
	for _, c := range model.Register {
		if (c.Kind == model.Assumed) != (len(c.Ends) > 0) {
			t.Errorf("%s is %s and has %d ends", c.Name, c.Kind, len(c.Ends))
		}
		for _, end := range c.Ends {
			l := model.AWS2026()
			before := c.Value(l)
			c.Set(&l, end)
			if c.Value(l) == before {
				t.Errorf("%s: end %d is the default", c.Name, end)
			}
			if _, window := c.Field(&l).(*model.Window); !window && (end < c.Low || end > c.High) {
				t.Errorf("%s: end %d is not legal", c.Name, end)
			}
		}
	}
}
