package sim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"kinesim/model"
	"kinesim/sim/client"
	"kinesim/sim/des"
)

// finder looks for the record that a story is wanted of, among all that are drawn. It
// remembers the earliest so many, as clients draw ahead of time, each at its own pace.
type finder struct {
	wanted Wanted
	end    des.Time
	seen   []clientCounts // by producer
	keys   []wantedKey    // by producer
	places map[string]int // of the producers, by name
	count  int64          // records that arose and are of the key
	first  []sighting
	bound  des.Time // what arose later is not among the first
}

type clientCounts []int64 // of records drawn, by client

// wantedKey is the number of the wanted key at a producer.
type wantedKey struct {
	number int32 // model.NoKey until it was found
	looked int   // keys so far
}

// sighting is a record of the wanted key.
type sighting struct {
	arose            des.Time
	producer, client int
	number           int64 // of the record at its client
}

// earlier orders records by when they arose, then by the order of producers and of
// their clients' records. The clients of a trace are dealt its records in turn.
func earlier(a, b sighting) int {
	return cmp.Or(cmp.Compare(a.arose, b.arose), cmp.Compare(a.producer, b.producer),
		cmp.Compare(a.number, b.number), cmp.Compare(a.client, b.client))
}

func newFinder(c *Config, wanted Wanted) *finder {
	f := &finder{wanted: wanted, end: des.Time(c.Clock.Duration), bound: des.Forever, places: map[string]int{}}
	for i, p := range c.Producers {
		f.places[p.Name] = i
		f.seen = append(f.seen, make(clientCounts, p.Clients))
		f.keys = append(f.keys, wantedKey{number: model.NoKey})
	}
	return f
}

// drawn looks through records that a client drew.
func (f *finder) drawn(l client.Lot) {
	place := f.places[l.Producer.Config.Name]
	before := f.seen[place][l.Client]
	f.seen[place][l.Client] += int64(len(l.Arose))
	key := f.key(place, l.Producer)
	if f.wanted.Key != "" && key == model.NoKey {
		return
	}
	for i, at := range l.Arose {
		if at >= f.end || f.wanted.Key != "" && l.Key[i] != key {
			continue
		}
		f.count++
		if at <= f.bound {
			f.first = append(f.first, sighting{at, place, l.Client, before + int64(i)})
		}
	}
	if int64(len(f.first)) > 2*f.wanted.Number+1000 {
		f.forget()
	}
}

// key is the number of the wanted key at a producer, or model.NoKey. The keys of a
// trace come up as it is played.
func (f *finder) key(place int, p *client.Producer) int32 {
	k := &f.keys[place]
	for ; k.number == model.NoKey && f.wanted.Key != "" && k.looked < len(p.Space.Hashes); k.looked++ {
		if p.Space.Name(k.looked) == f.wanted.Key {
			k.number = int32(k.looked)
		}
	}
	return k.number
}

// forget keeps the earliest that are wanted.
func (f *finder) forget() {
	slices.SortFunc(f.first, earlier)
	if n := int(f.wanted.Number); len(f.first) >= n {
		f.first = f.first[:n]
		f.bound = f.first[n-1].arose
	}
}

// found is the record, if it arose.
func (f *finder) found() (id client.RecordID, ok bool) {
	f.forget()
	n := int(f.wanted.Number)
	if len(f.first) < n {
		return id, false
	}
	s := f.first[n-1]
	for name, place := range f.places {
		if place == s.producer {
			id.Producer = name
		}
	}
	id.Client, id.Number = s.client, s.number
	return id, true
}

// missing says why there is no such record, and what there is.
func (f *finder) missing(r *Result) string {
	switch {
	case f.wanted.Key == "":
		return fmt.Sprintf("there is no record %s, as only %s arose", grouped(f.wanted.Number), records(f.count))
	case f.count > 0:
		return fmt.Sprintf("there is no record %s of %s, as only %s of it arose", grouped(f.wanted.Number), f.wanted.Key, records(f.count))
	case len(r.Keys) == 0:
		return fmt.Sprintf("no record of %s arose, and the keys of this run have no names; '#1' is the first record of all", f.wanted.Key)
	}
	var busy []string
	for _, k := range r.Keys[:min(3, len(r.Keys))] {
		busy = append(busy, k.Key)
	}
	return fmt.Sprintf("no record of %s arose; among the keys of this run: %s", f.wanted.Key, strings.Join(busy, ", "))
}
