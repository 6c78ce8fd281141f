package client

import (
	"slices"
	"time"

	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// Story follows one record through a run and notes what becomes of it. Records are
// columns and have no identity, so the story knows its record by when its client drew
// it, and from then on keeps its place: in the batch of its sender, in a call that is
// sent again, in a packed record, in the shards. Whoever moves records tells the story,
// once for a call or a batch and not for each record; a nil Story follows nothing.
type Story struct {
	Of  RecordID
	End des.Time // of the run

	Producer *Producer // of the record, once it was drawn
	Key      int32     // its number, or model.NoKey
	Size     uint32    // data and key
	Steps    []Step

	drawn  int64   // records of its client so far
	sender *sender // in whose batch it is
	call   *call   // in which it waits to be sent again
	at     int     // its place in the batch of either
	due    bool    // it is in the part of the batch that goes out now
	held   bool    // it was told that too many calls fly
	here   bool    // it is in the call that is being answered
	lost   bool    // that call did not write it, as far as its client knows
	sent   int     // so many times
	ended  bool    // its client is done with it

	copies []storedCopy
	stores int // copies, the unfollowed ones included
	met    map[meeting]encounter
	busy   map[reading]des.Time
}

// RecordID tells a record from all others of a run.
type RecordID struct {
	Producer string
	Client   int
	Number   int64 // how many its client had drawn before it
}

// StepKind is what happened to a record.
type StepKind string

// The kinds of steps. Those on the side of a consumer name it.
const (
	Arose    StepKind = "arose"
	Held     StepKind = "held"      // ready to be sent, but too many calls of its client fly
	Dropped  StepKind = "dropped"   // it found the client's buffer full
	Packed   StepKind = "packed"    // by the KPL, into a Kinesis record
	Sent     StepKind = "sent"      // in a call
	Refused  StepKind = "refused"   // by a limit
	Failed   StepKind = "failed"    // by a fault
	Rejected StepKind = "rejected"  // by the service's validation
	Stored   StepKind = "stored"    // in a shard
	TimedOut StepKind = "timed_out" // its client waits for the answer no longer
	GivenUp  StepKind = "given_up"
	Pending  StepKind = "pending" // its client is not done with it when the run ends

	Orphaned    StepKind = "orphaned" // the worker that had the lease of its shard died
	LeaseMoved  StepKind = "lease"    // of its shard changed hands while the consumer had not checkpointed it
	HandedOver  StepKind = "read"
	Processed   StepKind = "processed"
	Unprocessed StepKind = "unprocessed" // handed over, but not processed when the run ends
	Unfinished  StepKind = "lost"        // its batch failed, and the consumer goes on without it
	Expired     StepKind = "expired"     // left the stream before the consumer read it
	Unread      StepKind = "unread"      // still in the stream when the run ends
	Passed      StepKind = "passed_over" // it lies before the consumer's starting point

	Omitted StepKind = "omitted" // so many steps in the middle of a long story
)

// Step is one thing that happened to a record. What does not apply is zero.
type Step struct {
	At       des.Time
	Kind     StepKind
	Consumer string
	How      string // the kind of the consumer
	Place    int    // of the shard
	Row      int64  // in the shard
	Copy     int    // which of the record's copies in the stream; 1 is the first
	Attempt  int    // of a sending, or of a hand-over: 1 is the first
	Records  int    // in the call, in the Kinesis record, in the buffer, or omitted
	Bytes    uint32 // of the Kinesis record
	Limit    kinesis.Limit
	Cause    string        // of a failure, a rejection or a giving up
	Again    des.Time      // when it is sent again, where that is known
	Waited   time.Duration // for a sending, an answer or a busy reader
	Since    time.Duration // it was stored, or it arose if it is processed
	From, To int           // the workers that a lease moved from and to
	Why      Reason        // it did
}

// A story keeps so many steps at the most: a record that is refused for hours has a
// beginning and an end that matter, and between them the same again and again.
const (
	mostSteps  = 80
	firstSteps = 20
)

// tell adds a step.
func (st *Story) tell(step Step) {
	if len(st.Steps) == mostSteps {
		st.omit()
	}
	st.Steps = append(st.Steps, step)
}

// omit puts one step in the place of many, behind the first.
func (st *Story) omit() {
	const n = firstSteps
	gap := &st.Steps[firstSteps]
	if gap.Kind != Omitted {
		*gap = Step{At: gap.At, Kind: Omitted, Records: 1}
	}
	gap.Records += n
	st.Steps = slices.Delete(st.Steps, firstSteps+1, firstSteps+1+n)
}

// last is the latest step.
func (st *Story) last() *Step { return &st.Steps[len(st.Steps)-1] }

// arose is when the record did.
func (st *Story) arose() des.Time { return st.Steps[0].At }

// drew looks for the record among those that a client drew from the place had of its
// batch on.
func (st *Story) drew(s *sender, had int) {
	if st == nil || s.client != st.Of.Client || s.producer.Config.Name != st.Of.Producer {
		return
	}
	b := &s.batch
	n := int64(len(b.Arose) - had)
	if i := st.Of.Number - st.drawn; i >= 0 && i < n {
		st.sender, st.at = s, had+int(i)
		st.Producer, st.Key, st.Size = s.producer, b.Key[st.at], b.Size[st.at]
		st.tell(Step{At: b.Arose[st.at], Kind: Arose})
	}
	st.drawn += n
}

// leaves is told that the first n records of a client's batch are sent.
func (st *Story) leaves(s *sender, n int) {
	if st == nil || st.sender != s {
		return
	}
	if st.due = st.at < n; !st.due {
		st.at -= n
	}
}

// blocked is told that a client may not send, since since.
func (st *Story) blocked(s *sender, now, since des.Time) {
	if st == nil || st.sender != s || st.held || st.arose() > now {
		return
	}
	st.held = true
	st.tell(Step{At: max(st.arose(), since), Kind: Held, Records: s.producer.Config.Put.InFlight})
}

// drops is told that the records of a client's batch from room to counted are given
// up.
func (st *Story) drops(s *sender, room, counted int) {
	switch {
	case st == nil || st.sender != s || st.at < room:
	case st.at >= counted:
		st.at -= counted - room
	default:
		st.sender, st.ended = nil, true
		st.tell(Step{At: st.arose(), Kind: Dropped, Records: room})
	}
}

// taken is the place of the record in the batch of a library that hands all of it on;
// −1 without it.
func (st *Story) taken(s *sender) int {
	if st == nil || st.sender != s {
		return -1
	}
	st.sender = nil
	return st.at
}
