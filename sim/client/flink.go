package client

import (
	"fmt"
	"math"
	"time"

	"kinesim/sim/des"
)

// Flink is a job of Managed Service for Apache Flink: a reader with its own pace,
// whose state is checkpointed for all shards at once. When it restarts, all of it goes
// back to the last checkpoint: its state is right again, but what its sink had got
// since then comes a second time.
type Flink struct {
	EFO             bool
	Interval        time.Duration // of GetRecords calls
	MaxRecords      int64
	CheckpointEvery time.Duration
}

func (Flink) kind() string   { return "flink" }
func (f Flink) Fanout() bool { return f.EFO }

// job is a running job.
type job struct {
	Flink
	consumer *Consumer
	shards   []*subtask
	polls    *polling
	pushes   *pushing
	phase    *des.Rand
	up       bool
}

// subtask reads one shard for a job.
type subtask struct {
	job    *job
	place  int
	reader *reader
	saved  int64 // rows before this one are in the last checkpoint
	done   int64 // rows before this one were processed since the job started
	hand   *handful
}

// handful is a batch in processing.
type handful struct {
	subtask *subtask
	rows
	began   des.Time
	each    time.Duration
	dropped bool
}

func (f Flink) open(k *Consumer, _ des.Time) application {
	j := &job{Flink: f, consumer: k, phase: k.random("phase")}
	if f.EFO {
		j.pushes = newPushing(k, onlyGroup)
	} else {
		j.polls = newPolling(k, Classic{f.Interval, f.MaxRecords}, onlyGroup)
	}
	return j
}

// shard adds a shard to the job, which reads it at once if it runs by now.
func (j *job) shard(now des.Time, p *position) {
	s := &subtask{job: j, place: p.place, saved: p.seen, done: p.seen}
	p.inHand = s.inHand
	j.shards = append(j.shards, s)
	if j.up {
		s.start(now, now)
	}
}

// ready starts the job.
func (j *job) ready(now des.Time) {
	j.start(now)
	j.consumer.links.Engine.At(now.Add(j.CheckpointEvery), des.Policies, j)
	j.befall()
}

// befall wakes the ends and starts of the job; while one fault holds it down, the end
// of another does not start it.
func (j *job) befall() {
	k := j.consumer
	var down []span
	for i := range k.faults {
		if f := &k.faults[i]; f.Restart && f.To > k.Config.Joins {
			down = append(down, span{max(f.From, k.Config.Joins), f.To})
		}
	}
	for _, d := range merged(down) {
		k.links.Engine.At(d.from, des.Service, &jobChange{j, false})
		k.links.Engine.At(d.to, des.Service, &jobChange{j, true})
	}
}

// start begins to read at the last checkpoint.
func (j *job) start(now des.Time) {
	j.up = true
	for _, s := range j.shards {
		first := now
		if !j.EFO {
			first = now.Add(fraction(j.phase, j.Interval))
		}
		s.start(now, first)
	}
}

// start begins to read a shard where it is in the last checkpoint.
func (s *subtask) start(now, first des.Time) {
	j, k := s.job, s.job.consumer
	s.saved = max(s.saved, k.positions[s.place].expire(now))
	s.done = s.saved
	s.reader = k.read(s.place, s.saved, s)
	if j.EFO {
		s.reader.way = j.pushes.pusher(s.reader)
	} else {
		s.reader.way = j.polls.poller(s.reader)
	}
	s.reader.way.start(now, first)
}

// end goes on to the children. A restart reads the shard's end again, if the last
// checkpoint was before it.
func (s *subtask) end(now des.Time, r *reader) { direct{}.end(now, r) }

// stop ends the job where it stands.
func (j *job) stop(now des.Time) {
	j.up = false
	for _, s := range j.shards {
		if h := s.hand; h != nil {
			h.cut(now)
			h.dropped = true
			s.hand = nil
		}
		j.consumer.stop(s.reader)
	}
}

// Act checkpoints the job.
func (j *job) Act(now des.Time) {
	k := j.consumer
	if j.up && k.awake(now) == now {
		for _, s := range j.shards {
			s.saved = s.done
			k.links.Stream.Release(k.id, s.place, s.saved)
		}
	}
	k.links.Engine.At(now.Add(j.CheckpointEvery), des.Policies, j)
}

// String names the job in messages.
func (j *job) String() string { return "the checkpoint of consumer " + j.consumer.Config.Name }

// take processes what was read, one batch of a shard at a time.
func (s *subtask) take(now des.Time, r *reader, from, to int64) {
	k := s.job.consumer
	work := k.work(now)
	r.handOver(now, from, to)
	began := now.Add(work.PerBatch)
	r.busy = began.Add(time.Duration(to-from) * work.PerRecord)
	s.hand = &handful{subtask: s, rows: rows{from, to}, began: began, each: work.PerRecord}
	if r.busy == now {
		s.hand.Act(now)
		return
	}
	k.links.Engine.At(r.busy, des.Deliveries, s.hand)
}

// inHand is the first row that is in processing.
func (s *subtask) inHand() int64 {
	if s.hand == nil {
		return math.MaxInt64
	}
	return s.hand.from
}

// cut counts what of the batch is processed by now.
func (h *handful) cut(now des.Time) {
	n := finished(h.began, h.each, h.to-h.from, now)
	h.subtask.reader.process(h.began, h.each, h.from, h.from+n)
}

// Act ends the batch.
func (h *handful) Act(des.Time) {
	if h.dropped {
		return
	}
	s := h.subtask
	s.reader.process(h.began, h.each, h.from, h.to)
	s.done, s.hand = h.to, nil
}

// String names the batch in messages.
func (h *handful) String() string {
	return fmt.Sprintf("batch of shard %d of consumer %s", h.subtask.place, h.subtask.job.consumer.Config.Name)
}

// jobChange ends or starts a job.
type jobChange struct {
	job   *job
	start bool
}

// Act implements des.Actor.
func (c *jobChange) Act(now des.Time) {
	switch {
	case c.start && !c.job.up:
		c.job.start(now)
	case !c.start && c.job.up:
		c.job.stop(now)
	}
}

// String names the change in messages.
func (c *jobChange) String() string {
	return "a restart of consumer " + c.job.consumer.Config.Name
}

// finish counts what of the batches in hand is processed by the end of the run.
func (j *job) finish(end des.Time) {
	for _, s := range j.shards {
		if s.hand != nil {
			s.hand.cut(end)
		}
	}
}

// look counts the silence of a job that is down.
func (j *job) look(now des.Time) {
	if !j.up {
		for _, s := range j.shards {
			j.consumer.positions[s.place].silent(now)
		}
	}
}

// pace: as a classic or fan-out reader.
func (f Flink) pace(k *Consumer, size, room float64) float64 {
	if f.EFO {
		return EFO{}.pace(k, size, room)
	}
	return Classic{f.Interval, f.MaxRecords}.pace(k, size, room)
}
