package scenarios

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"kinesim/model"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// Trace is a recorded sequence of records, played one by one.
type Trace struct {
	File  string  `json:"file" jsonschema:"required" doc:"CSV with the columns time,key,bytes and perhaps explicit_hash_key, or JSON Lines with these fields; relative to the scenario."`
	Speed float64 `json:"speed" range:"0.000001..1000000" doc:"Divides the times: 60 plays an hour in a minute (default 1)."`
	Scale int64   `json:"scale" range:"1..1000000" doc:"Plays each row so many times (default 1)."`
}

func (t *Trace) defaults() { t.Speed, t.Scale = 1, 1 }

// trace compiles a producer that replays a trace. The trace is read through, so
// that a fault in its last row is found before the run and not after hours of it.
func (c *compiler) trace(p *Producer, compiled *client.ProducerConfig) {
	for name, value := range map[string]any{"arrivals": &p.Arrivals, "size": &p.Size, "keys": &p.Keys, "hot": &p.Hot, "sessions": p.Sessions, "client_skew": &p.Skew} {
		if c.places[value] != nil {
			c.complain(codeConflict, value, "%s does not go with trace, which says when records arise, how large they are and which keys they have", name)
		}
	}
	p.Arrivals, p.Size, p.Keys = Arrivals{}, DataSize{}, Keys{}
	t := &traceFile{file: c.beside(p.Trace.File), speed: p.Trace.Speed, scale: p.Trace.Scale}
	compiled.Trace = t
	if err := t.survey(); err != nil {
		c.tellTrace(p.Trace, err)
		return
	}
	end := des.Time(c.scenario.Clock.Duration)
	switch {
	case t.facts.Records > workload.MaxRecords:
		c.complain(codeRange, &p.Trace.Scale, "%s offers %d records, more than a producer may", p.Name, t.facts.Records)
	case t.facts.Last >= end:
		c.outside(&p.Trace.File, p.Trace, "the trace of %s lasts %s, and the run ends at %s", p.Name, Duration(t.facts.Last), c.scenario.Clock.Duration)
	}
}

// survey reads the whole trace and sums it up.
func (t *traceFile) survey() error {
	r, err := t.open()
	if err != nil {
		return err
	}
	keys := map[string]bool{}
	for {
		if err = r.advance(); err != nil {
			break
		}
		size := r.row.bytes + int64(len(r.row.key))
		t.facts.Records += t.scale
		t.facts.Bytes += size * t.scale
		t.facts.Largest = max(t.facts.Largest, model.Bytes(size))
		t.facts.Last = r.last
		if len(keys) < workload.MaxNamedKeys && !keys[string(r.row.key)] {
			keys[string(r.row.key)] = true
		}
	}
	t.facts.Keys = len(keys)
	if errors.Is(err, io.EOF) {
		err = nil
		if t.facts.Records == 0 {
			err = &traceFault{1, 1, "the trace has no rows"}
		}
	}
	return errors.Join(err, r.Close())
}

// tellTrace tells what is wrong with a trace, at its line where one is to blame.
func (c *compiler) tellTrace(t *Trace, err error) {
	var fault *traceFault
	if !errors.As(err, &fault) {
		c.complain(codeFile, &t.File, "trace %s: %v", t.File, err)
		return
	}
	name := filepath.ToSlash(filepath.Join(filepath.Dir(c.source.name), t.File))
	if c.source.name == "<stdin>" || filepath.IsAbs(t.File) {
		name = t.File
	}
	c.problems = append(c.problems, Problem{
		Severity: Error, Code: codeFile, File: name, Line: fault.line, Column: fault.column, EndColumn: fault.column + 1,
		Message: fault.message, Source: lineOf(c.beside(t.File), fault.line),
	})
}

// lineOf is one line of a file, from 1; "" where there is none or it is long.
func lineOf(open func() (fs.File, error), n int) string {
	f, err := open()
	if err != nil {
		return ""
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if n--; n == 0 {
			return strings.TrimRight(lines.Text(), "\r")
		}
	}
	return ""
}
