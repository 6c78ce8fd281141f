package sim_test

import (
	"reflect"
	"testing"
	"time"

	"kinesim/sim/client"
	"kinesim/sim/des"
)

// TestSeriesBeforeJoining: every kind of consumer has a value for each bin, whether it
// joins at once, later or after the end of the run.
func TestSeriesBeforeJoining(t *testing.T) {
	for _, kind := range []client.ConsumerKind{
		client.Classic{Interval: time.Second, MaxRecords: 10_000}, client.EFO{}, team(2), function(),
		client.Firehose{BufferSize: 1 << 20, BufferInterval: time.Minute},
		client.Flink{Interval: 250 * ms, MaxRecords: 10_000, CheckpointEvery: 10 * time.Second},
	} {
		for _, joins := range []des.Time{0, 40e9, 70e9} {
			c := scene(1, 10, time.Minute)
			c.Consumers = []client.ConsumerConfig{{Name: "late", Kind: kind, Joins: joins}}
			r := play(t, c)
			series := reflect.ValueOf(r.Series.Consumers[0])
			for i := range series.NumField() {
				if f := series.Field(i); f.Kind() == reflect.Slice && !f.IsNil() && f.Len() != r.Series.Bins {
					t.Errorf("%T that joins at %v: %s has %d values for %d bins", kind, joins, series.Type().Field(i).Name, f.Len(), r.Series.Bins)
				}
			}
		}
	}
}
