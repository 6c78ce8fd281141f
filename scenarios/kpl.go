package scenarios

import (
	"fmt"
	"time"

	"kinesim/model"
	"kinesim/sim/client"
	"kinesim/sim/des"
)

// KPL are the settings of the Kinesis Producer Library, by the names and with the
// defaults and ranges that the library gives them (version 1.0.7).
type KPL struct {
	AggregationEnabled    bool     `json:"AggregationEnabled" doc:"Whether user records are packed together (default true)."`
	AggregationMaxCount   int64    `json:"AggregationMaxCount" range:"1..9223372036854775807" doc:"User records in a Kinesis record (default 4294967295)."`
	AggregationMaxSize    Size     `json:"AggregationMaxSize" range:"64B..10MiB" doc:"Size of a packed Kinesis record (default 51200B)."`
	CollectionMaxCount    int64    `json:"CollectionMaxCount" range:"1..500" doc:"Kinesis records in a PutRecords call (default 500)."`
	CollectionMaxSize     Size     `json:"CollectionMaxSize" range:"52224B..10MiB" doc:"Size of a PutRecords call (default 5MiB)."`
	RecordMaxBufferedTime Duration `json:"RecordMaxBufferedTime" range:"0s..1h" doc:"How long a user record waits for company (default 100ms)."`
	RecordTTL             Duration `json:"RecordTtl" range:"100ms..24h" doc:"How long the library tries; what it could not write by then is given up (default 30s)."`
	RateLimit             int64    `json:"RateLimit" range:"1..1000000" doc:"What the library sends to a shard at the most, in percent of 1MiB and 1,000 records a second, whatever limits says (default 150)."`
	FailIfThrottled       bool     `json:"FailIfThrottled" doc:"Gives up what a limit refused, in place of sending it again (default false)."`
	RequestTimeout        Duration `json:"RequestTimeout" range:"100ms..10m" doc:"How long the library waits for an answer before it sends again, although records may have been written (default 6s)."`
}

func (k *KPL) defaults() {
	*k = KPL{
		AggregationMaxCount: 4_294_967_295, AggregationMaxSize: 51_200, CollectionMaxCount: 500, CollectionMaxSize: Size(5 * model.MiB),
		RecordMaxBufferedTime: Duration(100 * time.Millisecond), RecordTTL: Duration(30 * time.Second), RateLimit: 150,
		RequestTimeout: Duration(6 * time.Second), AggregationEnabled: true,
	}
}

func (k *KPL) put(c *compiler) client.Put {
	k.fits(c)
	return client.Put{
		Timeout: time.Duration(k.RequestTimeout), Records: usualBatch,
		KPL: &client.KPL{
			AggregationEnabled: k.AggregationEnabled, AggregationMaxCount: k.AggregationMaxCount, AggregationMaxSize: model.Bytes(k.AggregationMaxSize),
			CollectionMaxCount: k.CollectionMaxCount, CollectionMaxSize: model.Bytes(k.CollectionMaxSize),
			RecordMaxBufferedTime: des.Time(k.RecordMaxBufferedTime), RecordTTL: des.Time(k.RecordTTL),
			RateLimit: k.RateLimit, FailIfThrottled: k.FailIfThrottled,
		},
	}
}

// fits holds the settings against what the service takes, which the library does
// not ask for.
func (k *KPL) fits(c *compiler) {
	limits := &c.config.Limits
	if most := limits.PutRecordsRecords; k.CollectionMaxCount > most {
		c.fail(problem{
			code: codeRange, message: fmt.Sprintf("calls of %d records are more than PutRecords takes", k.CollectionMaxCount),
			accepted: fmt.Sprintf("a CollectionMaxCount from 1 to %d (limits.put_records_records)", most),
		}, &k.CollectionMaxCount, k)
	}
	if most := Size(limits.PutRecordsBytes); k.CollectionMaxSize > most {
		c.fail(problem{
			code: codeRange, message: fmt.Sprintf("calls of %s are more than PutRecords takes", k.CollectionMaxSize),
			accepted: fmt.Sprintf("a CollectionMaxSize up to %s (limits.put_records_bytes)", most),
		}, &k.CollectionMaxSize, k)
	}
}

// packedLarge warns of packed records that the stream will refuse. With company a
// record has a key of one byte.
func (c *compiler) packedLarge(p *Producer) {
	k, most := p.Put.KPL, Size(c.config.Stream.MaxRecordSize)
	if k != nil && k.AggregationEnabled && k.AggregationMaxSize >= most {
		c.warn(problem{
			code: codeLarge, message: fmt.Sprintf("%s packs records of up to %s and a key; the stream refuses those above %s, and the calls that they are in", p.Name, k.AggregationMaxSize, most),
			hint: "stream.max_record_size goes up to 10MiB",
		}, &k.AggregationMaxSize, k, p)
	}
}
