package client

import (
	"context"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// TestReadersDoNotSeeWhatIsYetToCome: of a shard whose log holds a minute that lies ahead,
// readers are given what has come, in each poll as much as came since the one before, and
// are at its tip each time.
func TestReadersDoNotSeeWhatIsYetToCome(t *testing.T) {
	const perSecond, interval, end = 100, 250 * time.Millisecond, des.Time(time.Minute)
	limits, engine := model.AWS2026(), &des.Engine{}
	limits.GetLatency, limits.ClassicAvailability = model.Constantly(0), model.Constantly(0)
	limits.ReadBurstCalls = 10
	stream := kinesis.New(kinesis.Config{Limits: limits, Shards: model.EvenShards(1), Retention: time.Hour, MaxRecordSize: model.MiB, Coarse: des.Time(time.Second)})
	links := Links{Engine: engine, Stream: stream, Seed: 1, Limits: limits, End: end, Fanout: NewFanout(engine, 1)}
	links.Inflow = NewConfluence(links, des.Time(time.Second), nil)
	links.Inflow.even = make([]uint64, 1)
	k := NewConsumer(ConsumerConfig{Name: "reader", Kind: Classic{Interval: interval, MaxRecords: 10_000}}, links)
	for from := des.Time(0); from < end; from += des.Time(time.Second) {
		stream.Append(0, from, from.Add(time.Second), Load{Records: perSecond, Bytes: 100 * perSecond}, kinesis.Lags{})
	}
	for now := des.Time(0); now <= end; now += des.Time(time.Second) {
		if err := engine.Run(context.Background(), now); err != nil {
			t.Fatal(err)
		}
		if age := k.OldestUnread(now); age > interval {
			t.Fatalf("at %v the oldest unread record is %v old", now, age)
		}
		if got, want := k.Total().Received, int64(now.Seconds()*perSecond); got < want-int64(interval.Seconds()*perSecond)-1 || got > want {
			t.Fatalf("at %v %d records were read of %d", now, got, want)
		}
	}
	k.EndLap()
	if n, most := k.Behind.Total().Count(), k.Behind.Total().Max(); n == 0 || most > 0 {
		t.Errorf("%d answers were up to %v behind", n, time.Duration(most))
	}
	if age := time.Duration(k.IteratorAge.Total().Max()); age >= time.Second/perSecond {
		t.Errorf("the last record of an answer was up to %v old", age)
	}
	if n := k.Silence.Total().Count(); n > 0 {
		t.Errorf("%d silences", n)
	}
}
