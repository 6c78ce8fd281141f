package workload

import "kinesim/model"

// Salted is a distribution in which one key is spread over several: in its place
// come key-1 … key-n, equally often. It is what people do against a hot key, at
// the price of the order between its parts.
type Salted struct {
	Keys Keys
	Key  string
	Ways int

	at int // where the key stands; −1: nowhere
}

// NewSalted spreads a key of a distribution.
func NewSalted(keys Keys, key string, ways int) Salted {
	s := Salted{Keys: keys, Key: key, Ways: ways, at: -1}
	for i := range keys.Len() {
		if keys.Name(i) == key {
			s.at = i
			break
		}
	}
	return s
}

// part is which part of the salted key has number i; 0 for other keys.
func (s Salted) part(i int) int {
	switch n := s.Keys.Len(); {
	case i == s.at:
		return 1
	case i >= n:
		return i - n + 2
	}
	return 0
}

// Len implements Keys. The further parts come after all other keys.
func (s Salted) Len() int {
	if s.at < 0 {
		return s.Keys.Len()
	}
	return s.Keys.Len() + s.Ways - 1
}

// Name implements Keys.
func (s Salted) Name(i int) string {
	if part := s.part(i); part > 0 {
		return model.SaltedName(s.Key, part)
	}
	return s.Keys.Name(i)
}

// Weight implements Keys.
func (s Salted) Weight(i int) float64 {
	if s.part(i) > 0 {
		return s.Keys.Weight(s.at) / float64(s.Ways)
	}
	return s.Keys.Weight(i)
}

// Explicit implements Keys: a salted key is routed by its new name.
func (s Salted) Explicit(i int) (model.HashKey, bool) {
	if s.part(i) > 0 {
		return model.HashKey{}, false
	}
	return s.Keys.Explicit(i)
}

// SaltedHot spreads a key among hot keys.
func SaltedHot(hot []Hot, key string, ways int) []Hot {
	var spread []Hot
	for _, h := range hot {
		if h.Key != key {
			spread = append(spread, h)
			continue
		}
		for part := 1; part <= ways; part++ {
			p := h
			p.Key, p.Share = model.SaltedName(key, part), h.Share/float64(ways)
			spread = append(spread, p)
		}
	}
	return spread
}
