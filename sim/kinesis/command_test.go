package kinesis_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

var update = flag.Bool("update", false, "write the answers into the command files; read the difference before you commit it")

// TestCommands plays the command files, which are the specification of the
// service: a line at the margin is a command, the indented lines below it are the
// answer, and the rest tells the story.
//
//	stream shards=1 window=bucket …      begins anew; every limit can be given
//	at 1.5s put a:100B b:200B*300        a PutRecords; sizes are of the data alone
//	at 2s put-one a:100B                 a PutRecord
//	at 2s get shard=0 from=0             a GetRecords of row 0 and after
//	at 2s push reader=0 shard=0 from=0   what enhanced fan-out sends
//	at 2s expire shard=0                 what the retention has left
//	at 2s seq shard=0 row=3              a sequence number
//	at 2s split shard=0 at=midpoint      a SplitShard; at may be a hash key
//	at 2s merge shard=0 adjacent=1       a MergeShards
//	at 2s update target=8                an UpdateShardCount
//	at 2s mode to=on_demand              an UpdateStreamMode
//	at 9s shards                         the open shards, after what was due by then
//
// Reads and retention take a shard's place, calls of the control plane its number; they
// are the same for the shards of the start.
func TestCommands(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d command files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := played(t, string(text))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(text), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// played is the text with the answers that the service gives.
func played(t *testing.T, text string) string {
	t.Helper()
	var b strings.Builder
	s := &script{t: t}
	for line := range strings.Lines(text) {
		switch {
		case strings.HasPrefix(line, " "): // an answer of before
		case strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#"):
			b.WriteString(line)
		default:
			b.WriteString(line)
			for answer := range strings.Lines(s.command(strings.Fields(line))) {
				b.WriteString("  " + answer)
			}
		}
	}
	return b.String()
}

// script is a stream under command.
type script struct {
	t      *testing.T
	stream *kinesis.Stream
	now    des.Time
}

func (s *script) command(words []string) string {
	s.t.Helper()
	if words[0] == "stream" {
		return s.begin(words[1:])
	}
	if words[0] != "at" || len(words) < 3 {
		s.t.Fatalf("no command: %v", words)
	}
	now := des.Time(s.duration(words[1]))
	if now < s.now {
		s.t.Fatalf("time goes back to %s", words[1])
	}
	s.now = now
	for s.stream.Due() <= now {
		s.stream.Step(s.stream.Due())
	}
	what, arguments := words[2], words[3:]
	switch what {
	case "put", "put-one":
		return s.put(what == "put-one", arguments)
	case "get":
		return s.get(arguments)
	case "push":
		return s.push(arguments)
	case "expire":
		return fmt.Sprintf("rows from %d are left\n", s.stream.Expire(s.now, int(s.number(arguments, "shard", 0))))
	case "seq":
		return s.stream.SequenceNumber(int(s.number(arguments, "shard", 0)), s.number(arguments, "row", 0)) + "\n"
	}
	return s.control(what, arguments)
}

// control is a call of the control plane.
func (s *script) control(what string, arguments []string) string {
	s.t.Helper()
	shard := model.ShardID(s.number(arguments, "shard", 0))
	var fault kinesis.Fault
	switch what {
	case "split":
		var at model.HashKey
		if text := value(arguments, "at", "midpoint"); text != "midpoint" {
			at = s.hashKey(text)
		} else if i := s.stream.Lookup(shard); i >= 0 {
			at = s.stream.Shard(i).Range.Midpoint()
		}
		fault = s.stream.SplitShard(s.now, shard, at)
	case "merge":
		fault = s.stream.MergeShards(s.now, shard, model.ShardID(s.number(arguments, "adjacent", 0)))
	case "update":
		fault = s.stream.UpdateShardCount(s.now, int(s.number(arguments, "target", 0)))
	case "mode":
		fault = s.stream.UpdateStreamMode(s.now, map[string]kinesis.Mode{"on_demand": kinesis.OnDemand}[value(arguments, "to", "")])
	case "shards":
		return s.open()
	default:
		s.t.Fatalf("no command: %s", what)
	}
	if fault != (kinesis.Fault{}) {
		return fault.Name + ": " + fault.Message + "\n"
	}
	return fmt.Sprintf("accepted; the next step at %v\n", time.Duration(s.stream.Due()))
}

// open lists the open shards.
func (s *script) open() string {
	var b strings.Builder
	if s.stream.Updating() {
		fmt.Fprintf(&b, "UPDATING until %v or longer\n", time.Duration(s.stream.Due()))
	}
	m := s.stream.OpenShards()
	for i := range m.Len() {
		o := m.At(i)
		fmt.Fprintf(&b, "%d: %v to %v", o.ID, o.Range.Start, o.Range.End)
		if o.Parent != model.NoShard {
			fmt.Fprintf(&b, ", of %d", o.Parent)
		}
		if o.AdjacentParent != model.NoShard {
			fmt.Fprintf(&b, " and %d", o.AdjacentParent)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (s *script) hashKey(text string) model.HashKey {
	s.t.Helper()
	h, err := model.ParseHashKey(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return h
}

// begin makes a stream: shards=, retention=, max=, readers=, window=, and limits
// by their names.
func (s *script) begin(arguments []string) string {
	c := kinesis.Config{
		Limits: model.AWS2026(), Retention: model.MinRetention, MaxRecordSize: model.DefaultMaxRecord,
		Shards: model.EvenShards(int(s.number(arguments, "shards", 1))),
	}
	c.Limits.WriteWindow = model.Window(value(arguments, "window", string(model.Bucket)))
	c.Retention = s.duration(value(arguments, "retention", c.Retention.String()))
	c.MaxRecordSize = s.size(value(arguments, "max", "1MiB"))
	for _, k := range model.Register {
		text := value(arguments, k.Name, "")
		switch v := k.Field(&c.Limits).(type) {
		case *model.Bytes:
			if text != "" {
				*v = s.size(text)
			}
		case *int64:
			*v = s.number(arguments, k.Name, *v)
		case *time.Duration:
			*v = s.duration(value(arguments, k.Name, v.String()))
		}
	}
	s.stream, s.now = kinesis.New(c), 0
	for range s.number(arguments, "readers", 0) {
		s.stream.AddReader()
	}
	return ""
}

// put writes records given as key:size or key:size*count.
func (s *script) put(single bool, records []string) string {
	b := &kinesis.Batch{Single: single}
	var hashes []model.HashKey
	for _, text := range records {
		key, rest, _ := strings.Cut(text, ":")
		size, times, many := strings.Cut(rest, "*")
		n := int64(1)
		if many {
			n = s.number([]string{"n=" + times}, "n", 1)
		}
		for range n {
			b.Key = append(b.Key, int32(len(hashes)))
			b.Size = append(b.Size, uint32(int(s.size(size))+len(key)))
			b.Arose = append(b.Arose, s.now)
		}
		hashes = append(hashes, model.KeyHash(key))
	}
	b.Keys = s.stream.Keys(hashes)
	r := s.stream.Put(s.now, b)
	if r.Rejected != kinesis.Valid {
		return string(r.Rejected) + "\n"
	}
	refused := map[kinesis.Limit]int{}
	first := map[kinesis.Limit]int32{}
	for _, f := range r.Refused {
		if refused[f.Limit]++; refused[f.Limit] == 1 {
			first[f.Limit] = f.Index
		}
	}
	text := fmt.Sprintf("%d accepted", r.Accepted)
	for _, l := range []kinesis.Limit{kinesis.ByRecords, kinesis.ByBytes} {
		if refused[l] > 0 {
			text += fmt.Sprintf(", %d refused by %s, number %d first", refused[l], limits[l], first[l])
		}
	}
	return text + fmt.Sprintf("; %d bytes\n", r.Bytes)
}

var limits = map[kinesis.Limit]string{
	kinesis.ByRecords: "records", kinesis.ByBytes: "bytes", kinesis.ByCalls: "calls", kinesis.ByFullRead: "the pause after a full read",
}

func (s *script) get(arguments []string) string {
	visible := des.Time(s.duration(value(arguments, "visible", time.Duration(s.now).String())))
	r := s.stream.Get(s.now, int(s.number(arguments, "shard", 0)), s.number(arguments, "from", 0), s.number(arguments, "limit", 1<<40), visible)
	if r.Refused != kinesis.NoLimit {
		return "refused by " + limits[r.Refused] + "\n"
	}
	return rows(r.From, r.To, r.Bytes, r.Last)
}

func (s *script) push(arguments []string) string {
	r := s.stream.PushFrom(s.now, int(s.number(arguments, "reader", 0)), int(s.number(arguments, "shard", 0)), s.number(arguments, "from", 0), s.now)
	text := rows(r.From, r.To, r.Bytes, r.Last)
	if r.Until > 0 {
		text += fmt.Sprintf("more at %v\n", time.Duration(r.Until))
	}
	return text
}

func rows(from, to int64, bytes model.Bytes, last des.Time) string {
	if from == to {
		return "no rows\n"
	}
	return fmt.Sprintf("rows %d to %d, %d bytes, the last accepted at %v\n", from, to-1, bytes, time.Duration(last))
}

// value is what stands behind name= among the arguments, or what else.
func value(arguments []string, name, otherwise string) string {
	for _, a := range arguments {
		if v, ok := strings.CutPrefix(a, name+"="); ok {
			return v
		}
	}
	return otherwise
}

func (s *script) number(arguments []string, name string, otherwise int64) int64 {
	s.t.Helper()
	text := value(arguments, name, "")
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(text, "_", ""), 10, 64)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

func (s *script) duration(text string) time.Duration {
	s.t.Helper()
	d, err := time.ParseDuration(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

func (s *script) size(text string) model.Bytes {
	s.t.Helper()
	for _, u := range []struct {
		suffix string
		size   model.Bytes
	}{{"MiB", model.MiB}, {"KiB", model.KiB}, {"B", 1}} {
		if number, ok := strings.CutSuffix(text, u.suffix); ok {
			return model.Bytes(s.number([]string{"n=" + number}, "n", 0)) * u.size
		}
	}
	s.t.Fatalf("no size: %s", text)
	return 0
}
