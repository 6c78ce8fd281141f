package client_test

import (
	"slices"
	"testing"

	"kinesim/model"
	"kinesim/sim/client"
	"kinesim/sim/des"
)

// TestInFlight: a client that waits for each answer, which takes 10 ms, sends one
// call in that time, with all that has arisen meanwhile.
func TestInFlight(t *testing.T) {
	for _, c := range []struct {
		name     string
		put      client.Put
		instants []des.Time
		counts   []int
	}{
		{"a batch is full every 3 ms", client.Put{Records: 3, Bytes: model.MiB, Linger: second, InFlight: 1},
			[]des.Time{at(2), at(12), at(22), at(32)}, []int{3, 3, 3, 3}},
		{"two at a time", client.Put{Records: 3, Bytes: model.MiB, Linger: second, InFlight: 2},
			[]des.Time{at(2), at(5), at(12), at(15), at(22), at(25), at(32), at(35)}, []int{3, 3, 3, 3, 3, 3, 3, 3}},
		{"room for all that came", client.Put{Records: 100, Bytes: model.MiB, Linger: 3 * ms, InFlight: 1},
			[]des.Time{at(3), at(13), at(23), at(33)}, []int{4, 10, 10, 10}},
		{"PutRecord", client.Put{Single: true, InFlight: 1},
			[]des.Time{at(0), at(10), at(20), at(30)}, []int{1, 1, 1, 1}},
		{"enough of them never wait", client.Put{Records: 3, Bytes: model.MiB, Linger: second, InFlight: 4},
			[]des.Time{at(2), at(5), at(8), at(11), at(14), at(17), at(20), at(23), at(26), at(29), at(32), at(35), at(38)}, slices.Repeat([]int{3}, 13)},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(nil)
			s.play(t, app(1000, c.put), 40*ms)
			instants, counts := s.sent()
			if !slices.Equal(instants, c.instants) || !slices.Equal(counts, c.counts) {
				t.Errorf("sent at %v with %v records\nwant    %v with %v", instants, counts, c.instants, c.counts)
			}
			if got := s.producer.Total(); got.Offered != 40 || got.Accepted+got.Waiting != 40 {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// TestBuffer: a client that sends three records each 10 ms, and is offered ten,
// fills its buffer of 20 and drops seven in ten from then on.
func TestBuffer(t *testing.T) {
	s := newStage(nil)
	s.play(t, app(1000, client.Put{Records: 3, Bytes: model.MiB, Linger: second, InFlight: 1, Buffer: 20}), second)
	got := s.producer.Total()
	if got.Accepted != 300 || got.Waiting > 20 || got.Waiting < 18 || got.Dropped != got.Failed || got.Dropped != 1000-300-got.Waiting {
		t.Errorf("got %+v", got)
	}
}

// TestRetriesFlyToo: a call keeps its place until the last of its records is
// written, so the next batch waits for those that are sent again.
func TestRetriesFlyToo(t *testing.T) {
	s := newStage(func(l *model.Limits) { l.WriteRecordsPerSecond, l.WriteBurstRecords = 100, 5 })
	p := once(t, 12, client.Put{Records: 4, Bytes: model.MiB, Linger: second, InFlight: 1})
	p.Retry = client.Forever{}
	s.play(t, p, second)
	instants, _ := s.sent()
	for i := 1; i < len(instants); i++ {
		if instants[i]-instants[i-1] < at(10) {
			t.Errorf("calls at %v and %v, though an answer takes 10 ms", instants[i-1], instants[i])
		}
	}
	if got := s.producer.Total(); got.Accepted != 12 || got.Waiting != 0 {
		t.Errorf("got %+v", got)
	}
}

// TestAwayForAWhile: a client without in-flight limit loses nothing to its buffer;
// one that waits for answers collects while the service is slow, and the ledger
// of both adds up at every instant.
func TestAwayForAWhile(t *testing.T) {
	s := newStage(nil)
	s.faults = []client.Fault{{From: at(100), To: at(2100), SlowPuts: 100}}
	s.play(t, app(500, client.Put{Records: 10, Bytes: model.MiB, Linger: 20 * ms, InFlight: 2, Buffer: 100}), 5*second)
	got := s.producer.Total()
	if got.Offered != 2500 || got.Accepted+got.Failed+got.Waiting != 2500 || got.Dropped == 0 {
		t.Errorf("got %+v", got)
	}
}
