package client

import "time"

// paced is a kind of consumer whose pace on one shard can be told beforehand.
type paced interface {
	// pace is how many records of size bytes a second it reads of a shard at the most,
	// of what the service gives it: room bytes a second.
	pace(k *Consumer, size, room float64) float64
}

// Pace is how many records of so many bytes a second the consumer reads of one shard
// at the most, when others classic readers of the shard take so many bytes a second
// each; ok is false if that is not known of its kind.
func (k *Consumer) Pace(size float64, others int, bytes float64) (records float64, ok bool) {
	p, ok := k.Config.Kind.(paced)
	if !ok {
		return 0, false
	}
	limits := &k.links.Limits
	room := float64(limits.EFOBytesPerSecond)
	if !k.Fanout() {
		all := float64(limits.ReadBytesPerSecond)
		room = max(all/float64(others+1), all-float64(others)*bytes)
	}
	return p.pace(k, size, room), true
}

// Unread is how many rows of a shard the consumer has not been handed.
func (k *Consumer) Unread(place int) int64 {
	n, _ := k.positions[place].unread()
	return n
}

// busyRate is how many records a second are processed, so many to a batch.
func (p Processing) busyRate(batch float64) float64 {
	each := p.PerRecord.Seconds() + p.PerBatch.Seconds()/max(batch, 1)
	if each == 0 {
		return 1e18
	}
	return 1 / each
}

// answer is how many records of a size a GetRecords call returns at the most.
func (k *Consumer) answer(most int64, size float64) float64 {
	limits := &k.links.Limits
	return min(float64(min(most, limits.GetRecordsLimit)), float64(limits.GetRecordsBytes)/max(size, 1))
}

// pace: a call, its answer, and the longer of the interval and the processing.
func (c Classic) pace(k *Consumer, size, room float64) float64 {
	n := k.answer(c.MaxRecords, size)
	work := n / k.Config.Processing.busyRate(n)
	cycle := (k.links.Limits.GetLatency.Mean() + max(c.Interval, time.Duration(work*1e9))).Seconds()
	return min(n/max(cycle, 1e-9), room/max(size, 1))
}

// pace: the limit, and the processing of pushes that hold a second's worth.
func (EFO) pace(k *Consumer, size, room float64) float64 {
	n := room / max(size, 1)
	return min(n, k.Config.Processing.busyRate(n))
}

// pace: as a classic reader, but for answers that are read ahead.
func (c KCL) pace(k *Consumer, size, room float64) float64 {
	switch {
	case c.EFO:
		return EFO{}.pace(k, size, room)
	case c.Prefetch == 0:
		return Classic{c.Interval, c.MaxRecords}.pace(k, size, room)
	}
	n := k.answer(c.MaxRecords, size)
	cycle := (k.links.Limits.GetLatency.Mean() + c.Interval).Seconds()
	return min(n/max(cycle, 1e-9), room/max(size, 1), k.Config.Processing.busyRate(n))
}
