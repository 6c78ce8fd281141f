package sim

import (
	"time"

	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// lastMinute remembers what the shards had counted at the last two whole minutes,
// for whoever asks for the hottest shard.
type lastMinute struct {
	began, ended []kinesis.Meter // nil before the first and the second whole minute
}

// look is called at the end of each second.
func (l *lastMinute) look(now des.Time, s *kinesis.Stream) {
	if now%des.Time(time.Minute) != 0 {
		return
	}
	room := l.began[:0]
	for i := range s.Shards() {
		room = append(room, s.Meter(i))
	}
	l.began, l.ended = l.ended, room
}

// hottest is the place of the open shard that was asked for most in the last full
// minute, refused writes counted, by the larger of its shares of the two limits; of
// equals the one with the lower number. Before a minute is over it goes by what was
// asked for so far.
func (w *world) hottest(des.Time) int { return w.extreme(1) }

// coldest is likewise the place of the open shard that was asked for least.
func (w *world) coldest(des.Time) int { return w.extreme(-1) }

// extreme is the open shard with the largest use, or with sign −1 the smallest.
func (w *world) extreme(sign float64) int {
	best, most := -1, 0.0
	for i := range w.stream.Shards() {
		if w.stream.Ended(i) {
			continue
		}
		use := sign * w.observer.minute.use(w, i)
		if best < 0 || use > most || use == most && w.stream.Shard(i).ID < w.stream.Shard(best).ID {
			best, most = i, use
		}
	}
	return best
}

// use is what the shard at a place was asked for in the last full minute, over what it
// takes in a second; of a shard that was opened since then, so far.
func (l *lastMinute) use(w *world, i int) float64 {
	now, before := w.stream.Meter(i), kinesis.Meter{}
	if i < len(l.ended) {
		now = l.ended[i]
		if i < len(l.began) {
			before = l.began[i]
		}
	}
	return asked(&now, &before, &w.config.Limits, 1)
}
