package scenarios

import (
	"fmt"
	"time"

	"kinesim/model"
	"kinesim/sim/client"
)

// Put is how a client sends its records.
type Put struct {
	PutRecord  *PutRecord  `json:"put_record,omitempty" one:"kind of put" doc:"Each record by itself, as it arises."`
	PutRecords *PutRecords `json:"put_records,omitempty" one:"kind of put" doc:"Many records in a call."`
	KPL        *Later      `json:"kpl,omitempty" one:"kind of put" jsonschema:"-" later:"{put_record: {}}, {put_records: …}"`
}

// putKind is a way to send.
type putKind interface {
	put(c *compiler) client.Put
}

// PutRecord sends each record by itself.
type PutRecord struct{}

func (*PutRecord) put(*compiler) client.Put { return client.Put{Single: true} }

// PutRecords sends when the batch is full or its oldest record has waited.
type PutRecords struct {
	Records *int64   `json:"records,omitempty" range:"1..1000000" doc:"Sent when so many are together (default 500, the most that a call may hold)."`
	Bytes   *Size    `json:"bytes,omitempty" range:"1B..4GiB" doc:"Sent when the next record would pass this (default 10MiB, the most that a call may hold)."`
	Linger  Duration `json:"linger" range:"0s..1h" doc:"Sent when the oldest record has waited so long (default 100ms)."`

	InFlight *Later `json:"in_flight,omitempty" jsonschema:"-" later:"calls in flight without a limit"`
}

// usualBatch is how many records people put in a call unless the limit is lower.
const usualBatch = 500

func (p *PutRecords) defaults() { p.Linger = Duration(100 * time.Millisecond) }

func (p *PutRecords) put(c *compiler) client.Put {
	limits := &c.config.Limits
	if p.Records == nil {
		p.Records = ptr(min(usualBatch, limits.PutRecordsRecords))
	}
	if p.Bytes == nil {
		p.Bytes = ptr(Size(limits.PutRecordsBytes))
	}
	if *p.Records > limits.PutRecordsRecords {
		c.fail(problem{
			code: codeRange, message: fmt.Sprintf("a call of %d records is more than PutRecords takes", *p.Records),
			accepted: fmt.Sprintf("1 to %d (limits.put_records_records)", limits.PutRecordsRecords),
		}, p.Records)
	}
	if most := Size(limits.PutRecordsBytes); *p.Bytes > most {
		c.fail(problem{
			code: codeRange, message: fmt.Sprintf("a call of %s is more than PutRecords takes", *p.Bytes),
			accepted: fmt.Sprintf("1B to %s (limits.put_records_bytes)", most),
		}, p.Bytes)
	}
	return client.Put{Records: int(*p.Records), Bytes: model.Bytes(*p.Bytes), Linger: time.Duration(p.Linger)}
}

// Retry is what a client does with refused records.
type Retry struct {
	None    *NoRetry `json:"none,omitempty" one:"kind of retry" doc:"Gives up at once."`
	SDK     *SDK     `json:"sdk,omitempty" one:"kind of retry" doc:"What the AWS SDKs do by themselves: whole calls only, never the refused entries of a PutRecords."`
	Backoff *Backoff `json:"backoff,omitempty" one:"kind of retry" doc:"Resends what was refused after a wait that doubles."`
	Forever *Forever `json:"forever,omitempty" one:"kind of retry" doc:"Resends at once, without end."`
}

// retryKind is a policy of retries.
type retryKind interface {
	retry(c *compiler) client.Retry
}

// NoRetry gives up at once.
type NoRetry struct{}

func (*NoRetry) retry(*compiler) client.Retry { return client.NoRetry{} }

// Forever resends at once, without end.
type Forever struct{}

func (*Forever) retry(*compiler) client.Retry { return client.Forever{} }

// SDK is the standard mode of the AWS SDKs.
type SDK struct {
	Attempts int64   `json:"attempts" range:"1..100" doc:"Attempts in all (default 3)."`
	Mode     SDKMode `json:"mode" doc:"Retry mode (default standard)."`
}

func (s *SDK) defaults() { s.Attempts, s.Mode = 3, "standard" }

func (s *SDK) retry(*compiler) client.Retry { return client.SDKRetry{Attempts: int(s.Attempts)} }

// Backoff waits longer and longer.
type Backoff struct {
	Base        Duration `json:"base" range:"0s..24h" doc:"The first wait (default 100ms)."`
	Max         Duration `json:"max" range:"0s..24h" doc:"The longest wait (default 5s)."`
	Jitter      Jitter   `json:"jitter" doc:"How waits are spread (default full)."`
	GiveUpAfter Duration `json:"give_up_after" range:"0s..8760h" doc:"A record is given up when its next attempt would come later than this after its first (default 30s)."`
}

func (b *Backoff) defaults() {
	*b = Backoff{Base: Duration(100 * time.Millisecond), Max: Duration(5 * time.Second), Jitter: "full", GiveUpAfter: Duration(30 * time.Second)}
}

func (b *Backoff) retry(c *compiler) client.Retry {
	if b.Base > b.Max {
		c.fail(problem{code: codeConflict, message: fmt.Sprintf("base %s is above max %s", b.Base, b.Max)}, &b.Base, &b.Max)
	}
	return client.Backoff{
		Base: time.Duration(b.Base), Max: time.Duration(b.Max),
		Jitter: client.Jitter(b.Jitter), GiveUpAfter: time.Duration(b.GiveUpAfter),
	}
}
