package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"

	"kinesim/model"
)

// shardListing are the shards of one or several pages of a listing.
type shardListing struct {
	open, all []model.Shard
	rows      []json.RawMessage // as they stand in the files
	seen      map[model.ShardID]bool
	from      string

	tokens     []*jsonNode
	unfinished []*importFile
	complete   int
}

// listing reads what 'aws kinesis list-shards' printed.
func (d *draft) listing(f *importFile) {
	list := f.list("Shards")
	if list == nil {
		return
	}
	l := &d.shards
	if f.root.label("NextToken") != "" {
		l.unfinished, l.tokens = append(l.unfinished, f), append(l.tokens, f.root.get("NextToken"))
	} else {
		l.complete++
	}
	if l.seen == nil {
		l.seen = map[model.ShardID]bool{}
	}
	closed := 0
	for _, item := range list.items {
		text := f.source.text[item.from:item.end]
		var row listedShard
		if err := json.Unmarshal(text, &row); err != nil {
			f.atNode(item, "not a shard as list-shards prints it: %v", err)
			continue
		}
		shard, err := row.shard()
		switch {
		case err != nil:
			f.atNode(item, "%v", err)
			continue
		case l.seen[shard.ID]:
			f.atNode(item, "%s stands twice in the listing", shard.ID)
			continue
		}
		l.seen[shard.ID] = true
		l.all, l.rows = append(l.all, shard), append(l.rows, text)
		if row.SequenceNumberRange.EndingSequenceNumber != "" {
			closed++
			continue
		}
		l.open = append(l.open, shard)
	}
	l.from = f.name(d)
	d.note(f, "%s with their ranges; %s", count(len(list.items)-closed, "open shard"), count(closed, "closed shard"))
}

// settle wants the pages together to be a whole map.
func (l *shardListing) settle(d *draft) {
	for i, f := range l.unfinished {
		if l.complete == 0 {
			f.atNode(l.tokens[i], "the listing is not complete: it has a NextToken; ask again without --max-items and --no-paginate, or give the pages that follow as well")
		}
	}
	if l.seen == nil || d.problems.Errors() {
		return
	}
	if _, err := model.NewShardMap(l.open); err != nil {
		d.refuse("the shards of %s are no whole stream: %v", l.from, err)
	}
}

// document is the listing as 'aws kinesis list-shards' would print it in one page.
func (l *shardListing) document() []byte {
	var b bytes.Buffer
	b.WriteString("{\"Shards\": [\n")
	for i, row := range l.rows {
		if i > 0 {
			b.WriteString(",\n")
		}
		_ = json.Compact(&b, row) // it has been read
	}
	b.WriteString("\n]}\n")
	return b.Bytes()
}

// places is the map; an even one of so many shards where there is no listing.
func (l *shardListing) places(n int64) model.ShardMap {
	if m, err := model.NewShardMap(l.open); err == nil {
		return m
	}
	return model.EvenShards(int(n))
}

// even tells whether the shards are those of a new stream.
func (l *shardListing) even() bool {
	m, err := model.NewShardMap(l.open)
	if err != nil {
		return false
	}
	like := model.EvenShards(m.Len())
	for i := range m.Len() {
		if m.At(i).ID != like.At(i).ID || m.At(i).Range != like.At(i).Range {
			return false
		}
	}
	return true
}

// shardLines write the shards of the stream.
func (d *draft) shardLines(y *yamlText, made *Imported) {
	l := &d.shards
	switch {
	case l.open == nil && d.count > 0:
		y.line(1, fmt.Sprintf("shards: %d", d.count), "from "+d.countFrom+"; taken to be evenly cut, which list-shards would tell")
	case l.open == nil:
		y.line(1, fmt.Sprintf("shards: %d", d.wanted()), "assumed")
		d.assume("no file says how many shards there are; %d carry the busiest period to 70 %%", d.wanted())
	case l.even():
		y.line(1, fmt.Sprintf("shards: %d", len(l.open)), "from "+l.from+"; evenly cut")
	case d.options.Folder != "":
		made.Files["shards.json"] = l.document()
		y.line(1, "shards: {file: shards.json}", "from "+l.from)
	default:
		y.line(1, "shards:", "from "+l.from+"; kinesim numbers them from 0, -d DIR keeps their names")
		y.line(2, "starting_hash_keys:", "")
		m := l.places(0)
		for i := range m.Len() {
			y.line(3, fmt.Sprintf("- %q", m.At(i).Range.Start.String()), m.At(i).ID.String())
		}
	}
}
