package report

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"kinesim/sim"
)

// trial finds the setting that a remedy proposes.
var trial = regexp.MustCompile(`--set \S+=\S+`)

// echo is the cause that repeats others: refused records sent again too early.
const echo = "retry_echo"

// causes puts the causes into words. What set off most refusals comes first;
// the echoes, which follow from the rest, are summed up in one.
func (b *builder) causes() []Cause {
	ranked, echoes := b.rankedCauses()
	var list []Cause
	add := func(c *sim.Cause, setOff float64) {
		x := Cause{Title: causeTitle(c), Text: b.causeText(c, setOff), Remedy: shownText(c.Remedy)}
		x.Try = b.try(c, x.Remedy)
		list = append(list, x)
	}
	for _, r := range together(ranked) {
		add(r.cause, r.records/float64(max(1, b.r.Stream.WriteThrottled)))
		list[len(list)-1].Remedy += trialsText(r.cause.Trials)
	}
	if len(echoes) > 0 && len(ranked) > 0 && ranked[0].cause.Cause != echo {
		add(sumOf(echoes), 0)
	}
	return list
}

// trialsText says what became of the run with a remedy: "; tried: with 32 shards
// 52 % would become 51.8 %".
func trialsText(trials []sim.Trial) string {
	var parts []string
	for _, t := range trials {
		parts = append(parts, shownText(t.Change)+" "+percent(t.Before)+" refused would become "+percent(t.After))
	}
	if len(parts) == 0 {
		return ""
	}
	return "; tried: " + strings.Join(parts, ", ")
}

// outlasted says that refusals went on long after the load was back, and which
// retry policy would have ended them; empty where they did not.
func (b *builder) outlasted() string {
	r := b.r.Recovery
	if r == nil {
		return ""
	}
	text := "first attempts would have fitted from " + instant(r.OverloadEnded, false) + " on, yet the retries kept the shards full "
	if r.RefusalsEnded == nil {
		text += "to the end of the run"
	} else {
		text += "until " + instant(*r.RefusalsEnded, false)
	}
	text += ", " + duration(r.LastedS*1e3) + " longer"
	for _, c := range r.CuredBy {
		text += "; with retry " + shownText(c.Retry) + " it would have been " + duration(c.LastedS*1e3) + ", and " + count(c.Failed) + " records given up"
	}
	return text
}

// ranked is a cause with the refusals that it set off, echoes included.
type ranked struct {
	cause   *sim.Cause
	records float64
}

// together puts causes of one kind on several shards together where the same
// remedy helps against all of them; each stands where the first of them stood.
func together(list []ranked) []ranked {
	same := map[string][]*sim.Cause{}
	key := func(c *sim.Cause) string { return c.Cause + "\x00" + c.Key + "\x00" + c.Remedy }
	for _, r := range list {
		same[key(r.cause)] = append(same[key(r.cause)], r.cause)
	}
	place := map[string]int{}
	var out []ranked
	for _, r := range list {
		k := key(r.cause)
		if i, done := place[k]; done {
			out[i].records += r.records
			continue
		}
		place[k] = len(out)
		out = append(out, ranked{sumOf(same[k]), r.records})
	}
	return out
}

// rankedCauses orders the causes by what they set off: their own refusals and
// the echoes that followed. Where there are echoes alone, they are the causes.
func (b *builder) rankedCauses() (list []ranked, echoes []*sim.Cause) {
	for i := range b.r.Causes {
		c := &b.r.Causes[i]
		if c.Cause == echo {
			echoes = append(echoes, c)
		} else {
			list = append(list, ranked{c, float64(c.Records)})
		}
	}
	if len(list) == 0 {
		for _, c := range echoes {
			list = append(list, ranked{c, float64(c.Records)})
		}
		return list, echoes
	}
	addEchoes(list, echoes)
	slices.SortStableFunc(list, func(x, y ranked) int { return cmp.Compare(y.records, x.records) })
	return list, echoes
}

// addEchoes shares the echoes of each shard among the causes there, by their own
// refusals. A cause that names no shard counts on every shard with echoes alike.
func addEchoes(list []ranked, echoes []*sim.Cause) {
	own, everywhere := map[string]float64{}, 0.0
	for _, r := range list {
		if r.cause.Shard == "" {
			everywhere += r.records / float64(max(1, len(echoes)))
		} else {
			own[r.cause.Shard] += r.records
		}
	}
	for i := range list {
		c := list[i].cause
		mine := float64(c.Records)
		for _, e := range echoes {
			part := mine
			switch {
			case c.Shard == "":
				part /= float64(len(echoes))
			case c.Shard != e.Shard:
				continue
			}
			list[i].records += float64(e.Records) * part / max(own[e.Shard]+everywhere, 1)
		}
	}
}

// sumOf is several causes of one kind as one, on "n shards".
func sumOf(causes []*sim.Cause) *sim.Cause {
	if len(causes) == 1 {
		return causes[0]
	}
	sum := *causes[0]
	sum.Shard = fmt.Sprintf("%d shards", len(causes))
	for _, c := range causes[1:] {
		sum.Load = max(sum.Load, c.Load)
		sum.Records += c.Records
		sum.Share += c.Share
		sum.FromS, sum.ToS = min(sum.FromS, c.FromS), max(sum.ToS, c.ToS)
		if c.Limit != sum.Limit {
			sum.Limit = ""
		}
	}
	return &sum
}

func causeTitle(c *sim.Cause) string {
	title := strings.ReplaceAll(shown(c.Cause), "_", " ")
	switch c.Cause {
	case "hot_key":
		if c.Key != "" {
			title += " " + shown(c.Key)
		}
	case "capacity":
		title = "too little capacity"
	case echo:
		title = "echo of retries"
	case "burst":
		title = "bursts"
	case "large_record":
		title = "large records"
	}
	if c.Shard != "" {
		title += " on " + shown(c.Shard)
	}
	return title
}

// causeText says how much, when, and which limit; setOff is its share of all
// refusals with the echoes that followed.
func (b *builder) causeText(c *sim.Cause, setOff float64) string {
	share := percent(c.Share) + " of all"
	if setOff > 1.01*c.Share {
		share = percent(setOff) + " of all with the retries that followed"
	}
	text := count(c.Records) + " refused (" + share + ") " + b.moments.between(c.FromS, c.ToS)
	limit := shown(c.Limit)
	if limit == "" {
		return text
	}
	text += ", by the limit on " + limit
	switch {
	case c.Load <= 0:
		return text
	case c.Cause == "burst":
		return text + ", though a shard was asked for no more than " + percent(c.Load) + " of what it takes on average"
	}
	// The load is the larger of both shares, so it need not be that of the limit
	// which refused most.
	whose := "one shard takes"
	switch {
	case c.Cause == "capacity":
		whose = "the stream takes"
	case c.Shard != "":
		whose = "the shard takes"
	}
	return text + "; at worst " + times(c.Load) + " what " + whose
}
