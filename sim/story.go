package sim

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"kinesim/model"
	"kinesim/sim/client"
	"kinesim/sim/des"
)

// Story is the life of one record of a run, step by step.
type Story struct {
	Asked    string      `json:"asked"`            // KEY, KEY#3 or #1000
	Key      string      `json:"key,omitempty"`    // of the record; empty where keys have no names
	Record   int64       `json:"record,omitempty"` // which of those asked for; 1 is the first
	Producer string      `json:"producer,omitempty"`
	Client   int         `json:"client,omitempty"` // of the producer; 1 is the first
	Bytes    int64       `json:"bytes,omitempty"`  // data and key
	Note     string      `json:"note,omitempty"`   // why there is no story
	Steps    []StoryStep `json:"steps"`
}

// StoryStep is one thing that happened to the record.
type StoryStep struct {
	AtS     float64       `json:"at_s"`
	Step    string        `json:"step"` // arose, sent, refused, stored, read, processed, …
	Who     string        `json:"who"`  // "producer checkout", "consumer lake"
	Text    string        `json:"text"`
	Details *StoryDetails `json:"details,omitempty"`
}

// StoryDetails are the numbers of a step, those that it has.
type StoryDetails struct {
	Shard          string   `json:"shard,omitempty"`
	SequenceNumber string   `json:"sequence_number,omitempty"`
	Copy           int      `json:"copy,omitempty"`    // which of the record's copies in the stream
	Attempt        int      `json:"attempt,omitempty"` // 1 is the first
	Records        int      `json:"records,omitempty"` // in the call, in the Kinesis record, in the buffer, or of steps left out
	Bytes          int64    `json:"bytes,omitempty"`   // of the Kinesis record
	Limit          string   `json:"limit,omitempty"`   // as scenarios name it
	Cause          string   `json:"cause,omitempty"`   // of a failure, a rejection or a giving up
	AgainMS        *float64 `json:"again_ms,omitempty"`
	WaitedMS       float64  `json:"waited_ms,omitempty"`
	SinceMS        float64  `json:"since_ms,omitempty"` // since it was stored, or arose
}

// Wanted is the record whose story is asked for: the one with that number of a key, or
// of all records if the key is empty.
type Wanted struct {
	Key    string
	Number int64 // 1 is the first
}

// mostWanted bounds what a search has to remember.
const mostWanted = 10_000_000

// ParseWanted reads KEY, KEY#3 or #1000. Only the last # counts, so that a key with one
// can be asked for as a#b#1.
func ParseWanted(text string) (Wanted, error) {
	w := Wanted{Key: text, Number: 1}
	if i := strings.LastIndexByte(text, '#'); i >= 0 {
		n, err := strconv.ParseInt(text[i+1:], 10, 64)
		switch {
		case err == nil && n >= 1 && n <= mostWanted:
			w.Key, w.Number = text[:i], n
		case i == 0 || err == nil || errors.Is(err, strconv.ErrRange) || i == len(text)-1:
			return w, fmt.Errorf("the number behind # goes from 1 to %d, the first record being 1", mostWanted)
		} // else it is a part of the key
	}
	if w.Key == "" && !strings.HasPrefix(text, "#") {
		return w, errors.New("a partition key is missing")
	}
	if w.Key != "" {
		if problem := model.CheckKey(w.Key); problem != "" {
			return w, errors.New(problem)
		}
	}
	return w, nil
}

// String is what ParseWanted reads.
func (w Wanted) String() string {
	if w.Key == "" || w.Number > 1 || strings.Contains(w.Key, "#") {
		return fmt.Sprintf("%s#%d", w.Key, w.Number)
	}
	return w.Key
}

// Tell adds the story of a record to the result of a run (of the first, if there were
// several). The same scenario gives the same run again, so the run itself carries
// nothing for it: it is played once more to find the record, and again to follow it.
func Tell(ctx context.Context, c *Config, r *Result, wanted Wanted, progress Progress) error {
	s := &Story{Asked: wanted.String(), Steps: []StoryStep{}}
	r.Story = s
	f := newFinder(c, wanted)
	if r.Partial {
		s.Note = interrupted
		return nil
	}
	again, _, err := play(ctx, c, progress, eyes{drawn: f.drawn})
	if err != nil {
		return fmt.Errorf("while looking for a record: %w", err)
	}
	if again.Partial {
		s.Note = interrupted
		return nil
	}
	id, ok := f.found()
	if !ok {
		s.Note = f.missing(r)
		return nil
	}
	told := &client.Story{Of: id, End: des.Time(c.Clock.Duration)}
	again, w, err := play(ctx, c, progress, eyes{story: told})
	if err != nil {
		return fmt.Errorf("while following a record: %w", err)
	}
	if again.Partial {
		s.Note = interrupted
		return nil
	}
	if again.Fingerprint != r.Fingerprint {
		return errors.New("the run with a story is another run than that without, which is a fault of kinesim")
	}
	told.Finish(w.consumers)
	s.Record = wanted.Number
	s.fill(w, told)
	return nil
}

const interrupted = "the run was interrupted, so there is no story of a record"

// fill puts a story into words.
func (s *Story) fill(w *world, told *client.Story) {
	s.Producer, s.Client, s.Bytes = told.Of.Producer, told.Of.Client+1, int64(told.Size)
	if told.Key != model.NoKey {
		s.Key = told.Producer.Space.Name(int(told.Key))
	}
	n := narrator{world: w, story: told}
	for i := range told.Steps {
		s.Steps = append(s.Steps, n.step(&told.Steps[i]))
	}
}
