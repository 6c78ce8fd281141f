package client

import "kinesim/sim/des"

// FleetReport is what an application with leases did.
type FleetReport struct {
	Leases, Unseen    int   // shards that it knows, and that nobody of it knows
	Writes, Throttled int64 // of the lease table, at or after warm-up: asked for, and refused
	ReadUnits         float64
	WarmWrites        int64 // of the lease table, before warm-up was over: those that it took
	WarmReadUnits     float64
	Moves             []Move // of leases, the first of them
	Workers           []WorkerReport
	Leaderless        []des.Time // when a leader died, whose lock is then held until it expires
}

// WorkerReport is one worker.
type WorkerReport struct {
	Number, Slot               int
	Up                         bool
	Leases                     int // that it reads at the end
	Received, Processed, Again int64
}

// Fleet is the report of a consumer with leases; nil of others.
func (k *Consumer) Fleet() *FleetReport {
	f, ok := k.app.(*fleet)
	if !ok {
		return nil
	}
	r := &FleetReport{
		Leases: len(f.leases), Unseen: len(f.unseen), Writes: f.table.writes, Throttled: f.table.throttled,
		ReadUnits:  float64(f.table.readUnits) / 2,
		WarmWrites: f.table.warmWrites, WarmReadUnits: float64(f.table.warmReads) / 2, Moves: f.moves, Leaderless: f.leaderless,
	}
	for _, w := range f.workers {
		r.Workers = append(r.Workers, WorkerReport{w.number, w.slot, w.up, len(w.sessions), w.Received, w.Processed, w.Again})
	}
	return r
}
