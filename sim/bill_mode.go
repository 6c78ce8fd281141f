package sim

import (
	"kinesim/model"
	"kinesim/sim/des"
)

// billCut is what had been used at an instant at which the bill begins to count anew:
// the start of the run, the end of warm-up, and each change of the capacity mode.
type billCut struct {
	at   des.Time
	mode Mode // from then on
	used billed
}

// billed are sums since the start of the run.
type billed struct{ units, kib, out, fanout, old float64 }

// billed is what was used so far.
func (w *world) billed() billed {
	var b billed
	for i := range w.stream.Shards() {
		m := w.stream.Meter(i)
		b.units += float64(m.PayloadUnits)
		b.kib += float64(m.KiB)
	}
	for _, k := range w.consumers {
		asked := k.Requests()
		n := float64(asked.Bytes + asked.WarmBytes)
		b.old += float64(asked.OldBytes)
		if k.Fanout() {
			b.fanout += n
		} else {
			b.out += n
		}
	}
	return b
}

// cutBill begins to count anew, in the mode that the stream has from now on.
func (w *world) cutBill(now des.Time, mode Mode) {
	w.cuts = append(w.cuts, billCut{now, mode, w.billed()})
}

// modes puts what was used in [from, to) under the mode that the stream had then.
func (w *world) modes(u *model.Usage, from, to des.Time) {
	for i, c := range w.cuts {
		end, used := to, w.billed()
		if i+1 < len(w.cuts) {
			end, used = w.cuts[i+1].at, w.cuts[i+1].used
		}
		if c.at < from {
			continue
		}
		switch c.mode {
		case OnDemand:
			addOnDemand(&u.OnDemand, c, end, used)
		case OnDemandAdvantage:
			addOnDemand(&u.Advantage, c, end, used)
		default:
			u.ShardHours += w.shardHours(c.at, end)
			u.PayloadUnits += used.units - c.used.units
			u.FanoutBytes += used.fanout - c.used.fanout
			u.LongTermRead += used.old - c.used.old
		}
	}
}

// addOnDemand adds the time from a cut to end, at which so much was used.
func addOnDemand(u *model.OnDemandUsage, c billCut, end des.Time, used billed) {
	u.Hours += end.Sub(c.at).Hours()
	u.InBytes += (used.kib - c.used.kib) * float64(model.KiB)
	u.OutBytes += used.out - c.used.out
	u.FanoutBytes += used.fanout - c.used.fanout
}
