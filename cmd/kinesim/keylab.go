package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/dustin/go-humanize"

	"kinesim/model"
	"kinesim/scenarios"
)

// keyStudy is the answer to hash --keys-file, format kinesim/keys/v1.
type keyStudy struct {
	Format  string         `json:"format"`
	Verdict string         `json:"verdict"` // hot_key, hot_shard or even
	Text    string         `json:"text"`    // the verdict in words, and what helps
	Keys    int            `json:"keys"`
	Empty   int            `json:"empty_shards"`
	Enough  int            `json:"enough_shards,omitempty"` // the fewest even shards at which none is over its limits
	Hot     []hotKey       `json:"hot_keys"`
	Shards  []studiedShard `json:"shards"`
	Top     []topKey       `json:"hottest_shard_keys"` // its busiest
}

type hotKey struct {
	Key  string  `json:"key"`
	Load float64 `json:"load"`        // multiples of a shard; without a rate, of an even share
	Salt int     `json:"salt"`        // spread over so many keys
	Left float64 `json:"load_salted"` // of the hottest shard then
}

type studiedShard struct {
	Shard string  `json:"shard"`
	Keys  int     `json:"keys"`
	Share float64 `json:"share"`
	Load  float64 `json:"load"`
}

type topKey struct {
	Key   string  `json:"key"`
	Share float64 `json:"share"`
}

// studyFlags say what keys are looked at, and under which load.
type studyFlags struct{ file, rate, size string }

// study looks at a file of keys on the shards of a map.
func (a *app) study(f studyFlags, places model.ShardMap, format string) error {
	keys, err := scenarios.ReadKeys(f.file)
	if err != nil {
		return a.unloaded(err)
	}
	rate, err := f.load()
	if err != nil {
		return err
	}
	s := model.StudyKeys(places, keys, rate, model.AWS2026())
	answer := answerOf(s, keys, places, rate)
	if format == "json" {
		return a.writeJSON(answer)
	}
	return a.studyText(answer, rate)
}

// load is the rate and the size that the flags give.
func (f studyFlags) load() (model.KeyRate, error) {
	size, err := scenarios.ParseSize(f.size)
	if err != nil {
		return model.KeyRate{}, bad("--size: %w", err)
	}
	if f.rate == "" {
		return model.KeyRate{}, nil
	}
	rate, err := scenarios.ParseRate(f.rate)
	if err != nil {
		return model.KeyRate{}, bad("--rate: %w", err)
	}
	return model.KeyRate{RecordsPerS: rate.Hz(), Data: size}, nil
}

// topKeys is how many keys of the hottest shard are named.
const topKeys = 5

func answerOf(s model.KeyStudy, keys []model.WeightedKey, places model.ShardMap, rate model.KeyRate) keyStudy {
	sum := 0.0
	for _, k := range keys {
		sum += k.Weight
	}
	answer := keyStudy{Format: "kinesim/keys/v1", Verdict: "even", Keys: len(keys), Empty: s.Empty, Enough: s.Enough, Hot: []hotKey{}}
	for i := range places.Len() {
		answer.Shards = append(answer.Shards, studiedShard{places.At(i).ID.String(), s.Keys[i], s.Share[i], s.Load[i]})
	}
	for _, k := range s.Top[:min(topKeys, len(s.Top))] {
		answer.Top = append(answer.Top, topKey{keys[k].Name, keys[k].Weight / sum})
	}
	for _, h := range s.Hot {
		answer.Hot = append(answer.Hot, hotKey{keys[h.Key].Name, h.Load, h.Salt, h.Left})
	}
	hottest := answer.Shards[s.Hottest]
	of := "what a shard takes"
	if rate.RecordsPerS == 0 {
		of = "an even share"
	}
	switch {
	case len(answer.Hot) > 0:
		h := answer.Hot[0]
		answer.Verdict = "hot_key"
		answer.Text = fmt.Sprintf("hot key: %s alone asks for %.3g times %s, so no number of shards helps. Spread it over %d keys (%s-1 … %s-%d): then the hottest shard is at %.3g times. Its records keep their order only within each of them, and a reader that needs it whole must merge.",
			h.Key, h.Load, of, h.Salt, h.Key, h.Key, h.Salt, h.Left)
		if h.Left > 1 {
			answer.Text += " That is still too much: its other keys need more shards as well."
		}
		if more := len(answer.Hot) - 1; more > 0 {
			answer.Text += fmt.Sprintf(" The same goes for %d more.", more)
		}
	case len(s.Over) > 0:
		answer.Verdict = "hot_shard"
		answer.Text = fmt.Sprintf("hot shard: the %s of %s together ask for %.3g times %s, and none does alone", humanize.Comma(int64(hottest.Keys))+" keys", hottest.Shard, hottest.Load, of)
		switch {
		case rate.RecordsPerS == 0:
			answer.Text += ". With --rate it shows whether that is too much."
		case s.Enough > 0:
			answer.Text += fmt.Sprintf(". No salt is needed: %d even shards carry it, or a split of that shard between its busiest keys.", s.Enough)
		default:
			answer.Text += ". Split that shard between its busiest keys, or spread them over more keys."
		}
	default:
		answer.Text = fmt.Sprintf("no shard is over its limits: the hottest, %s, is at %.3g times %s", hottest.Shard, hottest.Load, of)
	}
	return answer
}

// widestBar is how many characters stand for the largest load.
const widestBar = 30

// mostShards is how many shards the text lists.
const mostShards = 32

func (a *app) studyText(s keyStudy, rate model.KeyRate) error {
	fmt.Fprintf(a.out, "%s\n\n", s.Text)
	most := 0.0
	for _, x := range s.Shards {
		most = max(most, x.Load)
	}
	t := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	head := "LOAD"
	if rate.RecordsPerS == 0 {
		head = "× EVEN"
	}
	fmt.Fprintf(t, "SHARD\tKEYS\tSHARE\t%s\t\n", head)
	listed := s.Shards[:min(mostShards, len(s.Shards))]
	for _, x := range listed {
		mark := ""
		if x.Load > 1 {
			mark = " over"
		}
		fmt.Fprintf(t, "%s\t%s\t%.1f %%\t%.2f\t%s%s\n", x.Shard, humanize.Comma(int64(x.Keys)), 100*x.Share, x.Load,
			strings.Repeat("█", int(x.Load/max(most, 1e-9)*widestBar+0.5)), mark)
	}
	if err := t.Flush(); err != nil {
		return fault(err)
	}
	if rest := len(s.Shards) - len(listed); rest > 0 {
		fmt.Fprintf(a.out, "… and %d more shards; -o json has them all\n", rest)
	}
	fmt.Fprintf(a.out, "\n%s keys; %d of %d shards stay empty\nthe hottest shard's keys: ", humanize.Comma(int64(s.Keys)), s.Empty, len(s.Shards))
	for i, k := range s.Top {
		if i > 0 {
			fmt.Fprint(a.out, ", ")
		}
		fmt.Fprintf(a.out, "%s %.3g %%", k.Key, 100*k.Share)
	}
	if _, err := fmt.Fprintln(a.out); err != nil {
		return fault(err)
	}
	return nil
}
