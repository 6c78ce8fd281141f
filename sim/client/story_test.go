package client_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// TestStoryOfWriting follows the third of the records that arise at 0, 1, 2 … ms
// through everything that can become of it. Answers take 10 ms.
func TestStoryOfWriting(t *testing.T) {
	three := client.Put{Records: 3, Bytes: model.MiB, Linger: second}
	late, hurried := three, three
	hurried.Timeout = 5 * ms
	late.Records = 10
	late.Linger = 20 * ms
	narrow := client.Put{Records: 1, Bytes: model.MiB, InFlight: 1}
	tight := narrow
	tight.Buffer = 1
	backoff := client.Backoff{Base: 100 * ms, Max: 100 * ms, Jitter: client.JitterNone, GiveUpAfter: time.Hour}
	for _, c := range []struct {
		name   string
		limits func(*model.Limits)
		faults []client.Fault
		put    client.Put
		retry  client.Retry
		want   string
	}{
		{"all is well", nil, nil, three, client.NoRetry{}, "2:arose 2:sent 2:stored"},
		{"alone", nil, nil, client.Put{Single: true}, client.NoRetry{}, "2:arose 2:sent 2:stored"},
		{"waits for company", nil, nil, late, client.NoRetry{}, "2:arose 20:sent 20:stored"},
		{"refused, sent again", two, nil, three, backoff, "2:arose 2:sent 2:refused 112:sent 112:stored"},
		{"refused, given up", one, nil, three, client.NoRetry{}, "2:arose 2:sent 2:refused 12:given_up(entries)"},
		{"refused, attempts used up", one, nil, client.Put{Single: true}, client.SDKRetry{Attempts: 1}, "2:arose 2:sent 2:refused 12:given_up(retry)"},
		{"unavailable", nil, []client.Fault{{To: at(50), Unavailable: true}}, three, backoff, "2:arose 2:sent 2:failed(unavailable) 112:sent 112:stored"},
		{"stalled", nil, []client.Fault{{To: at(50), Stall: &client.Stall{}}}, three, backoff, "2:arose 2:sent 2:failed(stall_shard) 112:sent 112:stored"},
		{"internal failure", nil, []client.Fault{{To: at(50), Internal: 1}}, three, client.NoRetry{}, "2:arose 2:sent 2:failed(internal_failure) 12:given_up(entries)"},
		{"stored twice", func(l *model.Limits) { l.PutLatency = model.Constantly(ms) }, []client.Fault{{To: at(50), SlowPuts: 10}}, hurried, backoff,
			"2:arose 2:sent 2:stored 7:timed_out 107:sent 107:stored"},
		{"stored, and taken for lost", nil, nil, hurried, client.NoRetry{}, "2:arose 2:sent 2:stored 7:timed_out 7:given_up(retry)"},
		{"too large", nil, nil, client.Put{Records: 3, Bytes: 100 * model.MiB, Linger: second}, client.NoRetry{}, "2:arose 2:sent 2:rejected"},
		{"no place in flight", nil, nil, narrow, client.NoRetry{}, "2:arose 2:held 20:sent 20:stored"},
		{"buffer full", nil, nil, tight, client.NoRetry{}, "2:arose 2:dropped"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(c.limits)
			s.faults, s.story = c.faults, &client.Story{Of: client.RecordID{Number: 2}}
			p := once(t, 6, c.put)
			p.Retry = c.retry
			if c.put.Bytes > model.MiB {
				p.Size = workload.ConstantSize(2 * model.MiB)
			}
			s.play(t, p, 10*second)
			s.story.Finish(nil)
			if got := stepsOf(s.story); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

// two is a shard that takes two records at once, and then one each 50 ms.
func two(l *model.Limits) { l.WriteRecordsPerSecond, l.WriteBurstRecords = 20, 2 }

// stepsOf is a story in short: milliseconds, kinds and causes.
func stepsOf(st *client.Story) string {
	var parts []string
	for _, step := range st.Steps {
		text := fmt.Sprintf("%v:%s", math.Round(step.At.Seconds()*1e3), step.Kind)
		if step.Cause != "" && step.Kind != client.Rejected {
			text += "(" + step.Cause + ")"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}

// TestStoryIsOfOneRecord: whatever becomes of the records of a crowd, the stories of all
// of them add up to the counts of the run. Records are 1000, 1001 … bytes in the order
// of their drawing, so the row that a story names must have the size of its record.
func TestStoryIsOfOneRecord(t *testing.T) {
	for name, change := range map[string]func(*stage, *client.ProducerConfig){
		"batches":    func(*stage, *client.ProducerConfig) {},
		"in flight":  func(_ *stage, p *client.ProducerConfig) { p.Put.InFlight = 1 },
		"no answers": func(_ *stage, p *client.ProducerConfig) { p.Put.Timeout = 5 * ms },
		"failures":   func(s *stage, _ *client.ProducerConfig) { s.faults = []client.Fault{{To: des.Forever, Internal: 0.3}} },
		"a buffer":   func(_ *stage, p *client.ProducerConfig) { p.Put.InFlight, p.Put.Buffer = 1, 25 },
	} {
		t.Run(name, func(t *testing.T) {
			ends := map[client.StepKind]int64{}
			var total client.Tally
			for number := range int64(300) {
				s := newStage(func(l *model.Limits) { l.WriteRecordsPerSecond, l.WriteBurstRecords = 400, 20 })
				s.story = &client.Story{Of: client.RecordID{Number: number}}
				p := once(t, 300, client.Put{Records: 40, Bytes: model.MiB, Linger: 15 * ms})
				p.Size, p.Retry = rising{}, client.Backoff{Base: 20 * ms, Max: 100 * ms, Jitter: client.JitterFull, GiveUpAfter: 300 * ms}
				change(s, &p)
				s.play(t, p, 2*second)
				s.story.Finish(nil)
				ends[checkStory(t, s, number)]++
				total = s.producer.Total()
			}
			if ends[client.Stored] != total.Accepted || ends[client.Pending] != total.Waiting ||
				ends[client.Dropped] != total.Dropped || ends[client.GivenUp]+ends[client.Dropped] != total.Failed {
				t.Errorf("the stories end with %v, the counts are %+v", ends, total)
			}
		})
	}
}

// checkStory compares the rows that a story names with the stream, and returns its
// last step.
func checkStory(t *testing.T, s *stage, number int64) client.StepKind {
	t.Helper()
	st, rows := s.story, s.accepted()
	if len(st.Steps) == 0 {
		t.Fatalf("record %d has no story", number)
	}
	copies := 0
	for _, r := range rows {
		if r.size == int64(st.Size) {
			copies++
		}
	}
	for _, step := range st.Steps {
		if step.Kind == client.Stored {
			copies--
			if r := rows[step.Row]; r.size != int64(st.Size) || r.at != step.At {
				t.Errorf("record %d: row %d is of %d bytes at %v, not of %d at %v", number, step.Row, r.size, r.at, st.Size, step.At)
			}
		}
	}
	if st.Size != uint32(1001+number) || copies != 0 {
		t.Errorf("record %d has %d bytes, and the stream %d more copies than its story", number, st.Size, copies)
	}
	return st.Steps[len(st.Steps)-1].Kind
}

// TestStoryInALibrary follows user records that are packed.
func TestStoryInALibrary(t *testing.T) {
	for _, c := range []struct {
		name   string
		faults []client.Fault
		limits func(*model.Limits)
		change func(*client.KPL)
		want   []client.StepKind
	}{
		{"packed", nil, nil, nil, []client.StepKind{"arose", "packed", "sent", "stored"}},
		{"failed, then stored", []client.Fault{{To: at(200), Unavailable: true}}, nil, nil, []client.StepKind{"arose", "packed", "sent", "failed", "sent", "failed", "sent", "stored"}},
		{"too old", []client.Fault{{To: des.Forever, Unavailable: true}}, nil, func(k *client.KPL) { k.RecordTTL = at(150) }, []client.StepKind{"arose", "packed", "sent", "failed", "sent", "failed", "given_up"}},
		{"throttled", nil, func(l *model.Limits) { l.WriteBurstBytes, l.WriteBytesPerSecond = 1, 1 }, func(k *client.KPL) { k.FailIfThrottled = true },
			[]client.StepKind{"arose", "packed", "sent", "refused", "given_up"}},
	} {
		s := newStage(c.limits)
		s.faults, s.story = c.faults, &client.Story{Of: client.RecordID{Number: 7}}
		s.play(t, packing(1000, c.change), 2*second)
		s.story.Finish(nil)
		var got []client.StepKind
		for _, step := range s.story.Steps {
			got = append(got, step.Kind)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %s, want %v", c.name, stepsOf(s.story), c.want)
		}
		if p := s.story.Steps[1]; p.Records < 50 || p.Bytes < 5000 {
			t.Errorf("%s: packed with %d records into %d bytes", c.name, p.Records, p.Bytes)
		}
	}
}

// TestStoryIsBounded: a record that is refused for ever has a beginning and an end,
// and the steps left out between them are counted.
func TestStoryIsBounded(t *testing.T) {
	s := newStage(func(l *model.Limits) { l.WriteRecordsPerSecond, l.WriteBurstRecords = 1, 1 })
	s.story = &client.Story{Of: client.RecordID{Number: 1}}
	p := once(t, 2, client.Put{Single: true})
	p.Retry = client.Forever{}
	s.play(t, p, 900*ms) // before there is room
	s.story.Finish(nil)
	steps := s.story.Steps
	if len(steps) > 80 || steps[0].Kind != client.Arose || steps[20].Kind != client.Omitted || steps[len(steps)-1].Kind != client.Pending {
		t.Fatalf("%d steps: %s", len(steps), stepsOf(s.story))
	}
	if all := len(steps) - 1 + steps[20].Records; all != 2+2*int(s.producer.Total().Attempts-1) {
		t.Errorf("%d steps of %d attempts", all, s.producer.Total().Attempts-1)
	}
}
