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
	l.began, l.ended = l.ended, make([]kinesis.Meter, s.Shards())
	for i := range l.ended {
		l.ended[i] = s.Meter(i)
	}
}

// hottest is the place of the shard that was asked for most in the last full
// minute, refused writes counted, by the larger of its shares of the two limits;
// of equals the one with the lower number. Before a minute is over it goes by what
// was asked for so far.
func (w *world) hottest(des.Time) int {
	m := &w.observer.minute
	began, ended := m.began, m.ended
	limits := &w.config.Limits
	best, most := 0, -1.0
	for i := range w.stream.Shards() {
		now, before := w.stream.Meter(i), kinesis.Meter{}
		if ended != nil {
			now = ended[i]
		}
		if began != nil {
			before = began[i]
		}
		records := now.IncomingRecords + now.ThrottledRecords - before.IncomingRecords - before.ThrottledRecords
		bytes := now.IncomingBytes + now.ThrottledBytes - before.IncomingBytes - before.ThrottledBytes
		share := max(float64(records)/float64(limits.WriteRecordsPerSecond), float64(bytes)/float64(limits.WriteBytesPerSecond))
		if lower := w.stream.Shard(i).ID < w.stream.Shard(best).ID; share > most || share == most && lower {
			best, most = i, share
		}
	}
	return best
}
