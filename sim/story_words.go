package sim

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"kinesim/model"
	"kinesim/sim/client"
	"kinesim/sim/kinesis"
)

// narrator puts the steps of a story into words, in their order.
type narrator struct {
	world *world
	story *client.Story
	held  bool
}

// step is a step in words and numbers.
func (n *narrator) step(s *client.Step) StoryStep {
	out := StoryStep{AtS: s.At.Seconds(), Step: string(s.Kind), Who: "producer " + n.story.Of.Producer, Details: n.details(s)}
	switch {
	case s.Consumer != "":
		out.Who, out.Text = "consumer "+s.Consumer, n.consumed(s)
	case s.Kind == client.Omitted:
		out.Text = fmt.Sprintf("… and %s steps more like these", grouped(int64(s.Records)))
	default:
		out.Text = n.produced(s)
	}
	return out
}

// details are the numbers of a step.
func (n *narrator) details(s *client.Step) *StoryDetails {
	d := StoryDetails{
		Copy: s.Copy, Attempt: s.Attempt, Records: s.Records, Bytes: int64(s.Bytes), Limit: limitName(s.Limit), Cause: s.Cause,
		WaitedMS: inMillis(s.Waited), SinceMS: inMillis(s.Since),
	}
	switch s.Kind {
	case client.Stored:
		d.SequenceNumber = n.world.stream.SequenceNumber(s.Place, s.Row)
		fallthrough
	case client.Refused, client.Failed:
		d.Shard = n.shard(s)
	}
	if s.Again > s.At {
		again := inMillis(s.Again.Sub(s.At))
		d.AgainMS = &again
	}
	if d == (StoryDetails{}) {
		return nil
	}
	return &d
}

func inMillis(d time.Duration) float64 { return float64(d) / 1e6 }

func (n *narrator) shard(s *client.Step) string { return n.world.stream.Shard(s.Place).ID.String() }

// produced is a step on the side of the producer.
func (n *narrator) produced(s *client.Step) string {
	put := &n.story.Producer.Config.Put
	switch s.Kind {
	case client.Arose:
		return fmt.Sprintf("arose at client %d of %s", n.story.Of.Client+1, n.story.Of.Producer)
	case client.Held:
		n.held = true
		return fmt.Sprintf("has to wait, as its client has %s under way (in_flight)", plural(int64(s.Records), "call", "calls"))
	case client.Dropped:
		return fmt.Sprintf("dropped: the buffer of its client was full with %s", records(int64(s.Records)))
	case client.Packed:
		if s.Records == 1 {
			return "becomes a Kinesis record by itself"
		}
		return fmt.Sprintf("packed with %s others into a Kinesis record of %v", grouped(int64(s.Records-1)), model.Bytes(s.Bytes))
	case client.Sent:
		return n.sent(s, put)
	case client.Refused:
		return fmt.Sprintf("refused by %s: %s%s", n.shard(s), n.limit(s.Limit), n.again(s, put))
	case client.Failed:
		return n.failed(s) + n.again(s, put)
	case client.Rejected:
		return "rejected with its whole call: " + s.Cause
	case client.Stored:
		return n.stored(s)
	case client.TimedOut:
		return fmt.Sprintf("its client has no answer after %s and takes the call for failed%s", brief(s.Waited), n.again(s, put))
	case client.GivenUp:
		return "given up: " + n.why(s)
	}
	if s.Attempt > 0 {
		return "not written, as far as its client knows, when the run ends"
	}
	return "not sent when the run ends"
}

// sent says with whom a record went, and what it had waited for.
func (n *narrator) sent(s *client.Step, put *client.Put) string {
	with := fmt.Sprintf("in a call of %s", records(int64(s.Records)))
	switch {
	case put.KPL != nil:
		with = fmt.Sprintf("in a call of %s", plural(int64(s.Records), "Kinesis record", "Kinesis records"))
	case put.Single:
		with = "by itself"
	}
	switch {
	case s.Attempt > 1:
		return fmt.Sprintf("sent again %s (attempt %d)", with, s.Attempt)
	case s.Waited == 0:
		return "sent " + with + " at once"
	case n.held || put.KPL != nil:
		return fmt.Sprintf("sent %s (%s after it arose)", with, brief(s.Waited))
	}
	return fmt.Sprintf("sent %s (waited %s for company)", with, brief(s.Waited))
}

// stored says where a record is.
func (n *narrator) stored(s *client.Step) string {
	text := "stored"
	if s.Copy > 1 {
		text = fmt.Sprintf("stored once more: copy %d", s.Copy)
	}
	text += fmt.Sprintf(" in %s, sequence number %s", n.shard(s), n.world.stream.SequenceNumber(s.Place, s.Row))
	if after := s.At.Sub(n.story.Steps[0].At); after > 0 {
		text += fmt.Sprintf(" (%s after it arose)", brief(after))
	}
	return text
}

// limit is a limit of a shard in words, and by the name that scenarios have for it.
func (n *narrator) limit(l kinesis.Limit) string {
	limits := &n.world.config.Limits
	if l == kinesis.ByBytes {
		return fmt.Sprintf("%v/s (%s)", limits.WriteBytesPerSecond, limitName(l))
	}
	return fmt.Sprintf("%s/s (%s)", records(limits.WriteRecordsPerSecond), limitName(l))
}

func limitName(l kinesis.Limit) string {
	switch l {
	case kinesis.ByRecords:
		return "write_records_per_second"
	case kinesis.ByBytes:
		return "write_bytes_per_second"
	}
	return ""
}

// failed says what was wrong with the service.
func (n *narrator) failed(s *client.Step) string {
	switch s.Cause {
	case "unavailable":
		return "failed: the service is unavailable"
	case "stall_shard":
		return fmt.Sprintf("failed: %s is stalled", n.shard(s))
	}
	return fmt.Sprintf("failed: an internal failure (InternalFailure) of %s", n.shard(s))
}

// again says when a record is sent again, if it is.
func (n *narrator) again(s *client.Step, put *client.Put) string {
	switch {
	case put.KPL != nil:
		return "; back to the queue of the library"
	case s.Again == 0:
		return ""
	case s.Again >= n.story.End:
		return "; its next attempt lies beyond the run"
	}
	return fmt.Sprintf("; sent again in %s (%s)", brief(s.Again.Sub(s.At)), policyName(n.story.Producer.Config.Retry))
}

// policyName is what a retry policy is called.
func policyName(r client.Retry) string {
	switch r.(type) {
	case client.Backoff:
		return "back-off"
	case client.SDKRetry:
		return "SDK"
	case client.Forever:
		return "at once"
	}
	return "none"
}

// why says why a client gave a record up.
func (n *narrator) why(s *client.Step) string {
	config := &n.story.Producer.Config
	if k := config.Put.KPL; k != nil {
		if s.Cause == "record_ttl" {
			return fmt.Sprintf("its time in the library, record_ttl of %s, is over", brief(time.Duration(k.RecordTTL)))
		}
		return "the library is set to fail what is throttled (fail_if_throttled)"
	}
	switch r := config.Retry.(type) {
	case client.SDKRetry:
		switch {
		case s.Cause == "entries":
			return "the SDK does not send again what an answer to PutRecords refuses"
		case s.Attempt >= r.Attempts:
			return fmt.Sprintf("the SDK makes %s and no more", plural(int64(r.Attempts), "attempt", "attempts"))
		}
		return "the retry quota of the SDK is used up"
	case client.Backoff:
		return fmt.Sprintf("the next attempt would come more than %s after the first (give_up_after)", brief(r.GiveUpAfter))
	}
	return "its producer sends nothing again (retry: none)"
}

// consumed is a step on the side of a consumer.
func (n *narrator) consumed(s *client.Step) string {
	what := ""
	if s.Copy > 1 {
		what = fmt.Sprintf("copy %d ", s.Copy)
	}
	again := ""
	if s.Attempt > 1 {
		again = " again"
	}
	switch s.Kind {
	case client.HandedOver:
		return what + n.read(s, again)
	case client.Orphaned:
		return fmt.Sprintf("%sis left alone: %s of %s, which had the lease of its shard, died; nobody has checkpointed it", what, workerName(s.From), s.Consumer)
	case client.LeaseMoved:
		return what + leaseWords(s)
	case client.Processed:
		return fmt.Sprintf("%sprocessed%s by %s, %s after it arose", what, again, s.Consumer, brief(s.Since))
	case client.Unfinished:
		return fmt.Sprintf("%sgiven up by %s, as processing its batch failed", what, s.Consumer)
	case client.Unprocessed:
		return fmt.Sprintf("%sread, but not processed by %s when the run ends", what, s.Consumer)
	case client.Expired:
		return fmt.Sprintf("%sexpired before %s read it, as the stream keeps records for %s", what, s.Consumer, brief(n.world.stream.Retention()))
	case client.Passed:
		return fmt.Sprintf("%slies before the place where %s starts to read", what, s.Consumer)
	}
	return fmt.Sprintf("%snot read by %s when the run ends, %s after it was stored", what, s.Consumer, brief(s.Since))
}

// read says how a consumer came by the record.
func (n *narrator) read(s *client.Step, again string) string {
	verb := "read%s by %s"
	if s.How == "efo" {
		verb = "pushed%s to %s"
	}
	text := fmt.Sprintf(verb+" (%s), %s after it was stored", again, s.Consumer, s.How, brief(s.Since))
	if 10*s.Waited >= s.Since && s.Waited > 0 {
		text += fmt.Sprintf("; its reader was busy for %s of that", brief(s.Waited))
	}
	return text
}

// brief is a duration with three digits, without units that are zero at its end.
func brief(d time.Duration) string {
	unit := time.Duration(1)
	for d/unit >= 1000 && unit < time.Second {
		unit *= 10
	}
	return Trimmed(d.Round(min(unit, time.Second)))
}

// Trimmed is a duration without the zeros at its end: "2h" and not "2h0m0s".
func Trimmed(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}

// records is "1 record", "1,200 records".
func records(n int64) string { return plural(n, "record", "records") }

func plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(n) + " " + many
}

// grouped is a count with thousands separators.
func grouped(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// leaseWords says how the lease of the record's shard changed hands.
func leaseWords(s *client.Step) string {
	to, from := workerName(s.To), workerName(s.From)
	switch s.Why {
	case client.Released:
		return fmt.Sprintf("its lease was given up by %s of %s, which shut down", from, s.Consumer)
	case client.Lapsed:
		return fmt.Sprintf("its lease was taken by %s of %s: %s had not renewed it", to, s.Consumer, from)
	case client.Stolen:
		return fmt.Sprintf("its lease was stolen from %s by %s of %s, to even out the leases", from, to, s.Consumer)
	case client.Balanced:
		return fmt.Sprintf("its lease was moved from %s to %s of %s, to even out the load", from, to, s.Consumer)
	}
	return fmt.Sprintf("its lease was taken by %s of %s", to, s.Consumer)
}
