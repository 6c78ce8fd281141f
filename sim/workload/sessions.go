package workload

import (
	"time"

	"kinesim/model"
	"kinesim/sim/des"
)

// Sessions lets records come in sessions, each of one key: a user who clicks through
// some pages, a device that empties its memory, a client that fetches one file after
// another. A session has Records of them in the mean, by a geometric law, with
// exponential gaps of Gap in the mean; its key is drawn when it begins. The rate is that
// of records: of the instants that Of gives, each begins a session with probability
// 1/Records, and the others of a session follow it. So the load comes later than the
// rate says, by (Records−1)·Gap in the mean, and no session is under way at the start.
//
// Sessions are what makes shards refuse that are far from full: several large records of
// one key within a second, where independent keys would spread them.
type Sessions struct {
	Of      Arrivals // poisson or bursty; of regular ones nothing regular would be left
	Records float64  // at least 1
	Gap     time.Duration
}

// Start implements Arrivals.
func (s Sessions) Start(rate Rate, part Part, random *des.Rand) Process {
	return &sessions{starts: s.Of.Start(rate, part, random), begins: 1 / s.Records, gap: float64(s.Gap), random: random, room: make([]des.Time, 64)}
}

// Flow implements Arrivals: as if records were independent. No run at a coarse resolution
// is made of it, since there the records of a span have no order.
func (s Sessions) Flow(rate Rate) Flow { return s.Of.Flow(rate) }

// Keeper is a process in which some records keep the key of an earlier one.
type Keeper interface {
	// Keep gives the next records of those that Fill gave, in their order, the keys of
	// their sessions; a session's first record keeps the one that was drawn for it. hash
	// is needed where keys have no numbers.
	Keep(key []int32, hash []model.HashKey)
}

type sessions struct {
	starts Process
	begins float64 // the probability that an instant of starts begins a session
	gap    float64 // ns
	random *des.Rand

	room  []des.Time
	ready []des.Time // the part of room at which sessions still have to begin
	ended bool       // starts gives no more

	active nextRecords
	keys   []sessionKey // by the number of a session
	free   []int32      // numbers of sessions that are over
	given  []given      // records that have their instants and not yet their keys
}

type sessionKey struct {
	known bool
	key   int32
	hash  model.HashKey
}

type given struct {
	session int32
	last    bool // of its session
}

// Fill implements Process.
func (s *sessions) Fill(dst []des.Time) int {
	for i := range dst {
		start, more := s.start()
		var next nextRecord
		switch {
		case len(s.active) > 0 && (!more || s.active[0].at <= start):
			next = s.active.pop()
		case more:
			s.ready = s.ready[1:]
			next = nextRecord{start, s.number()}
		default:
			return i
		}
		dst[i] = next.at
		last := s.random.Float64() < s.begins
		s.given = append(s.given, given{next.session, last})
		if !last {
			next.at += des.Time(s.random.Exp() * s.gap)
			s.active.push(next)
		}
	}
	return len(dst)
}

// start is when the next session begins, if any does.
func (s *sessions) start() (at des.Time, ok bool) {
	for len(s.ready) == 0 {
		if s.ended {
			return 0, false
		}
		n := s.starts.Fill(s.room)
		s.ended, s.ready = n < len(s.room), s.room[:0]
		for _, at := range s.room[:n] {
			if s.random.Float64() < s.begins {
				s.ready = append(s.ready, at)
			}
		}
	}
	return s.ready[0], true
}

// number is one for a new session.
func (s *sessions) number() int32 {
	if n := len(s.free); n > 0 {
		number := s.free[n-1]
		s.free = s.free[:n-1]
		s.keys[number] = sessionKey{}
		return number
	}
	s.keys = append(s.keys, sessionKey{})
	return int32(len(s.keys) - 1)
}

// Keep implements Keeper.
func (s *sessions) Keep(key []int32, hash []model.HashKey) {
	for i := range key {
		g := s.given[i]
		switch k := &s.keys[g.session]; {
		case !k.known:
			k.known, k.key = true, key[i]
			if hash != nil {
				k.hash = hash[i]
			}
		default:
			key[i] = k.key
			if hash != nil {
				hash[i] = k.hash
			}
		}
		if g.last {
			s.free = append(s.free, g.session)
		}
	}
	s.given = append(s.given[:0], s.given[len(key):]...)
}

// nextRecord is when a session has its next record.
type nextRecord struct {
	at      des.Time
	session int32
}

// nextRecords is a heap of them, the earliest first; of equal ones the lower number.
type nextRecords []nextRecord

func (h nextRecords) less(i, j int) bool {
	return h[i].at < h[j].at || h[i].at == h[j].at && h[i].session < h[j].session
}

func (h *nextRecords) push(r nextRecord) {
	*h = append(*h, r)
	for i := len(*h) - 1; i > 0; {
		up := (i - 1) / 2
		if !h.less(i, up) {
			return
		}
		(*h)[i], (*h)[up] = (*h)[up], (*h)[i]
		i = up
	}
}

func (h *nextRecords) pop() nextRecord {
	old := *h
	first, n := old[0], len(old)-1
	old[0] = old[n]
	*h = old[:n]
	for i := 0; ; {
		least := i
		for _, child := range []int{2*i + 1, 2*i + 2} {
			if child < n && h.less(child, least) {
				least = child
			}
		}
		if least == i {
			return first
		}
		old[i], old[least] = old[least], old[i]
		i = least
	}
}
