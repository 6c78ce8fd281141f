package report

import (
	"fmt"
	"math"
	"math/big"
	"slices"

	"kinesim/sim"
)

// mostBoxes is how many shards the picture of their lineage tells apart.
const mostBoxes = 600

// lineage shows every shard as a bar from when it opened until it closed, in its place
// among the hash keys: children stand right of their parents. A stream that never
// changes has no such figure.
func (b *builder) lineage() Figure {
	if !b.changed() {
		return Figure{}
	}
	const title = "Shards and their parents"
	if len(b.r.Shards) > mostBoxes {
		return omitted(title, fmt.Sprintf("There were %s, too many to tell apart.", plural(int64(len(b.r.Shards)), "shard")))
	}
	c := &Chart{X: b.moments.timeAxis()}
	c.Y = Axis{Label: hashKeysLabel, Max: 1}
	for _, t := range quarters {
		c.Y.Ticks = append(c.Y.Ticks, Tick{t, percent(t)})
	}
	ages := b.generations()
	c.Boxes = b.shardBoxes(ages)
	if s := b.drainSeries(); len(s.Points) > 0 {
		c.Series = append(c.Series, s)
	}
	closed, oldest := 0, 0
	for i, s := range b.r.Shards {
		if s.ClosedAtS != nil {
			closed++
		}
		oldest = max(oldest, ages[i])
	}
	f := Figure{Chart: c, Title: fmt.Sprintf("%s in all, of which %d closed; the youngest %s removed from those at the start", plural(int64(len(b.r.Shards)), "shard"), closed, generations(oldest))}
	f.Caption = "Each bar is a shard, as wide as its part of the hash keys, from when it opened until it closed; its number stands in it where there is room. What is left of a bar's edge is its parents, what is right of it its children."
	if len(c.Series) > 0 {
		f.Caption += " A line in a closed shard's place says how long readers went on reading it; its children wait for that."
	}
	f.Alt = "Bars over time. " + f.Title + "."
	f.Table = b.lineageTable()
	return f
}

func generations(n int) string {
	if n == 1 {
		return "is one generation"
	}
	return fmt.Sprintf("are %d generations", n)
}

// generations says of each shard how many reshards lie between it and the start.
func (b *builder) generations() []int {
	age, place := make([]int, len(b.r.Shards)), map[string]int{}
	for i, s := range b.r.Shards { // parents have lower numbers, so they come first
		place[s.ID] = i
		for _, parent := range []*string{s.ParentID, s.AdjacentParentID} {
			if parent == nil {
				continue
			}
			if p, ok := place[*parent]; ok {
				age[i] = max(age[i], age[p]+1)
			}
		}
	}
	return age
}

// lineageHues is how many generations differ in colour before they repeat.
const lineageHues = 4

// shardBoxes are the bars, of one colour for each generation.
func (b *builder) shardBoxes(ages []int) *Boxes {
	boxes := &Boxes{}
	groups := map[int]int{}
	for i, s := range b.r.Shards {
		group := ages[i] % lineageHues
		if _, ok := groups[group]; !ok {
			groups[group] = len(boxes.Groups)
			name := "at the start"
			if group > 0 {
				name = "generation " + count(int64(group))
			}
			boxes.Groups = append(boxes.Groups, Part{Name: name, Hue: huePale + group})
		}
		from, to := hashShare(s.StartingHashKey), hashShare(s.EndingHashKey)
		until := b.r.EndedAtS
		if s.ClosedAtS != nil {
			until = *s.ClosedAtS
		}
		boxes.List = append(boxes.List, Box{From: Point{s.OpenedAtS, from}, To: Point{until, to}, Group: groups[group], Text: shardNumber(s.ID)})
	}
	for i := range boxes.Groups { // a colour that comes again stands for all of its generations
		if g := boxes.Groups[i].Hue - huePale; g+lineageHues <= slices.Max(ages) {
			boxes.Groups[i].Name += fmt.Sprintf(", and each %dth after it", lineageHues)
		}
	}
	return boxes
}

// hashShare is where a hash key lies between 0 and 2^128.
func hashShare(decimal string) float64 {
	n, ok := new(big.Float).SetString(decimal)
	if !ok {
		return 0
	}
	share, _ := n.SetMantExp(n, -128).Float64()
	return share
}

// drainSeries are lines in the places of closed shards, for as long as the slowest reader
// still read them.
func (b *builder) drainSeries() Series {
	line := Series{Name: "closed, and still read", Hue: hueInk, Dash: 2}
	for i := range b.r.Shards {
		s := &b.r.Shards[i]
		if s.ClosedAtS == nil {
			continue
		}
		until := b.drainedAt(*s.ClosedAtS)
		if until-*s.ClosedAtS < b.r.EndedAtS/300 { // too short to be seen
			continue
		}
		y := (hashShare(s.StartingHashKey) + hashShare(s.EndingHashKey)) / 2
		line.Points = append(line.Points, Point{*s.ClosedAtS, y}, Point{until, y}, Point{until, math.NaN()})
	}
	return line
}

// drainedAt is when the last reader had read the shards to their ends that the change
// closed which closed some at an instant.
func (b *builder) drainedAt(closed float64) float64 {
	until := closed
	for i := range b.r.Changes {
		c := &b.r.Changes[i]
		if c.FirstS == nil || closed < *c.FirstS || c.DoneS != nil && closed > *c.DoneS {
			continue
		}
		for _, d := range c.Drained {
			if d.AtS == nil {
				return b.r.EndedAtS
			}
			until = max(until, *d.AtS)
		}
	}
	return until
}

// lineageTable lists the shards with their parents, as they came to be.
func (b *builder) lineageTable() Table {
	t := Table{Caption: "Shards in the order of their numbers", Columns: columns("shard", "#opened", "#closed", "parents", "#part of the hash keys")}
	orDash := func(id *string) string {
		if id == nil {
			return ""
		}
		return shown(*id)
	}
	for i := range b.r.Shards {
		s := &b.r.Shards[i]
		if i == mostShards {
			t.Caption += fmt.Sprintf("; the first %d of %d", mostShards, len(b.r.Shards))
			break
		}
		closed, parents := "–", orDash(s.ParentID)
		if s.ClosedAtS != nil {
			closed = instant(*s.ClosedAtS, true)
		}
		if other := orDash(s.AdjacentParentID); other != "" {
			parents += " and " + other
		}
		t.Rows = append(t.Rows, []string{shown(s.ID), instant(s.OpenedAtS, true), closed, parents, percent(sharePart(s))})
	}
	return t
}

// sharePart is how much of the hash keys a shard has.
func sharePart(s *sim.ShardResult) float64 {
	return hashShare(s.EndingHashKey) - hashShare(s.StartingHashKey)
}
