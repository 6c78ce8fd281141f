package kinesis

import "kinesim/model"

// Writes is what a shard has done since the start of the run with what was sent to it: the
// part of its Meter that is read most. A struct of four words stays in registers.
type Writes struct {
	Records, Refused    int64
	Bytes, RefusedBytes model.Bytes
}

// Add adds what others have done, or the same ones later.
func (w *Writes) Add(o Writes) {
	w.Records += o.Records
	w.Refused += o.Refused
	w.Bytes += o.Bytes
	w.RefusedBytes += o.RefusedBytes
}

// Take adds a load of which so much was kept, and the rest refused.
func (w *Writes) Take(load, kept Load) {
	w.Records += kept.Records
	w.Refused += load.Records - kept.Records
	w.Bytes += model.Bytes(kept.Bytes)
	w.RefusedBytes += model.Bytes(load.Bytes - kept.Bytes)
}

// Writes is what the shard at place i has done with what was sent to it.
func (s *Stream) Writes(i int) Writes {
	sh := &s.shards[i]
	return Writes{sh.log.next, sh.refused, model.Bytes(sh.log.bytes), sh.refusedBytes}
}
