package scenarios

import (
	"errors"
	"io"
	"slices"
	"time"

	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// spreadTrace is a trace whose clock counts in coarse steps: the records of a step are
// spread over it at random, since they did not all come at its beginning.
type spreadTrace struct {
	workload.Trace
	step time.Duration
	seed uint64
}

// Open implements workload.Trace.
func (t spreadTrace) Open() (workload.TraceReader, error) {
	r, err := t.Trace.Open()
	if err != nil {
		return nil, err
	}
	return &spreadReader{TraceReader: r, step: float64(t.step), random: des.Stream(t.seed, "clock")}, nil
}

// Facts implements workload.Trace.
func (t spreadTrace) Facts() workload.TraceFacts {
	facts := t.Trace.Facts()
	facts.Last = facts.Last.Add(t.step)
	return facts
}

type spreadReader struct {
	workload.TraceReader
	step   float64
	random *des.Rand

	now  []workload.TraceRecord // of one instant, those that are not given yet
	next *workload.TraceRecord  // the first of the next instant
	err  error                  // why there are no more
}

// Read implements workload.TraceReader.
func (r *spreadReader) Read(record *workload.TraceRecord) error {
	if len(r.now) == 0 {
		r.gather()
	}
	if len(r.now) == 0 {
		return r.err
	}
	*record = r.now[0]
	r.now = r.now[1:]
	return nil
}

// gather reads the records of an instant and spreads them. They keep their order.
func (r *spreadReader) gather() {
	for r.err == nil {
		if r.next == nil {
			next := &workload.TraceRecord{}
			if r.err = r.TraceReader.Read(next); r.err != nil {
				break
			}
			next.Key = slices.Clone(next.Key)
			r.next = next
		}
		if len(r.now) > 0 && r.next.At != r.now[0].At {
			break
		}
		r.now, r.next = append(r.now, *r.next), nil
	}
	if r.err != nil && !errors.Is(r.err, io.EOF) {
		return
	}
	late := make([]float64, len(r.now))
	for i := range late {
		late[i] = r.random.Float64() * r.step
	}
	slices.Sort(late)
	for i := range late {
		r.now[i].At += des.Time(late[i])
	}
}
