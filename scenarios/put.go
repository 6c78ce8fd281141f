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
	KPL        *KPL        `json:"kpl,omitempty" one:"kind of put" doc:"Through the Kinesis Producer Library, by its own names of settings."`
}

// putKind is a way to send.
type putKind interface {
	put(c *compiler) client.Put
}

// shortestTimeout keeps a client that never waits from sending without end.
const shortestTimeout = time.Millisecond

// flight fills in how a client waits for its answers.
func (c *compiler) flight(p *client.Put, inFlight, buffer *int64, timeout *Duration) {
	p.InFlight, p.Buffer, p.Timeout = int(*inFlight), int(*buffer), time.Duration(*timeout)
	switch {
	case p.Timeout > 0 && p.Timeout < shortestTimeout:
		c.fail(problem{code: codeRange, message: fmt.Sprintf("a timeout of %s is shorter than any answer takes", *timeout),
			accepted: fmt.Sprintf("0s: for ever; or from %s on", Duration(shortestTimeout))}, timeout)
	case p.Buffer > 0 && p.InFlight == 0:
		c.complain(codeConflict, buffer, "a buffer matters only where calls wait for each other: give in_flight as well")
	case p.Buffer > 0 && !p.Single && p.Buffer < p.Records:
		c.complain(codeConflict, buffer, "a buffer of %d records never fills a call of %d", p.Buffer, p.Records)
	}
}

// PutRecord sends each record by itself.
type PutRecord struct {
	InFlight int64    `json:"in_flight,omitempty" range:"0..1000000" doc:"Calls of a client at a time, each with its retries; what arises meanwhile waits (default 0: any number)."`
	Buffer   int64    `json:"buffer,omitempty" range:"0..1000000000" doc:"Records that a client holds while it waits; what finds this full is dropped (default 0: any number)."`
	Timeout  Duration `json:"timeout" range:"0s..1h" doc:"How long a client waits for an answer before it takes the call for failed, although the record may have been written (default 0s: for ever)."`
}

func (p *PutRecord) put(c *compiler) client.Put {
	compiled := client.Put{Single: true}
	c.flight(&compiled, &p.InFlight, &p.Buffer, &p.Timeout)
	return compiled
}

// PutRecords sends when the batch is full or its oldest record has waited.
type PutRecords struct {
	Records *int64   `json:"records,omitempty" range:"1..1000000" doc:"Sent when so many are together (default 500, the most that a call may hold)."`
	Bytes   *Size    `json:"bytes,omitempty" range:"1B..4GiB" doc:"Sent when the next record would pass this (default 10MiB, the most that a call may hold)."`
	Linger  Duration `json:"linger" range:"0s..1h" doc:"Sent when the oldest record has waited so long (default 100ms)."`

	InFlight int64    `json:"in_flight,omitempty" range:"0..1000000" doc:"Calls of a client at a time, each until its records are written or given up; batches that are due meanwhile wait (default 0: any number)."`
	Buffer   int64    `json:"buffer,omitempty" range:"0..1000000000" doc:"Records that a client holds while it waits; what finds this full is dropped (default 0: any number)."`
	Timeout  Duration `json:"timeout" range:"0s..1h" doc:"How long a client waits for an answer before it takes the call for failed, although records may have been written (default 0s: for ever)."`
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
	compiled := client.Put{Records: int(*p.Records), Bytes: model.Bytes(*p.Bytes), Linger: time.Duration(p.Linger)}
	c.flight(&compiled, &p.InFlight, &p.Buffer, &p.Timeout)
	return compiled
}

// Retry is what a client does with refused records.
type Retry struct {
	None    *NoRetry `json:"none,omitempty" one:"kind of retry" doc:"Gives up a refused record at once, without another attempt."`
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
	Attempts *int64  `json:"attempts,omitempty" range:"1..100" doc:"Attempts in all (default 3; legacy 5)."`
	Mode     SDKMode `json:"mode" doc:"Retry mode (default standard)."`
}

func (s *SDK) defaults() { s.Mode = "standard" }

// usualAttempts are the SDKs' own, by mode where they differ.
var usualAttempts = map[client.SDKMode]int64{client.SDKStandard: 3, client.SDKLegacy: 5, client.SDK2026: 3}

func (s *SDK) retry(*compiler) client.Retry {
	mode := client.SDKMode(s.Mode)
	if s.Attempts == nil {
		s.Attempts = ptr(usualAttempts[mode])
	}
	return client.SDKRetry{Attempts: int(*s.Attempts), Mode: mode}
}

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
