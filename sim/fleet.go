package sim

import (
	"fmt"

	"kinesim/sim/client"
	"kinesim/sim/des"
)

// FleetResult is what the workers of a kcl consumer did.
type FleetResult struct {
	Version          int            `json:"version"`
	Leases           int            `json:"leases"`
	UnseenShards     int            `json:"unseen_shards"`      // that no worker knows of
	TableWrites      int64          `json:"lease_table_writes"` // asked for
	TableThrottled   int64          `json:"lease_table_writes_throttled"`
	TableReadUnits   float64        `json:"lease_table_read_units"`
	DuplicateRecords int64          `json:"duplicate_records"` // over the whole run, warm-up included, as the workers count them
	Workers          []WorkerResult `json:"workers"`           // in the order of their start; who comes back is another
	Moves            []MoveResult   `json:"moves"`             // of leases, bounded
	MoveCount        int            `json:"move_count"`
}

// WorkerResult is one worker, over the whole run.
type WorkerResult struct {
	Worker           string `json:"worker"`
	Up               bool   `json:"up"`     // at the end
	Leases           int    `json:"leases"` // at the end
	ReceivedRecords  int64  `json:"received_records"`
	ProcessedRecords int64  `json:"processed_records"`
	DuplicateRecords int64  `json:"duplicate_records"` // of the received: handed to some worker before
}

// MoveResult is one change of the owner of a lease.
type MoveResult struct {
	AtS    float64 `json:"at_s"`
	Shard  string  `json:"shard"`
	From   string  `json:"from"`   // empty: nobody
	To     string  `json:"to"`     // empty: nobody
	Reason string  `json:"reason"` // start, unowned, expired, stolen, balanced or released

	ReadsAtS *float64 `json:"reads_at_s"` // when the new owner began to read
	EndsAtS  *float64 `json:"ends_at_s"`  // and when it stopped; null: not in this run
}

// mostMoves bounds the moves in a result, beside those at the start.
const mostMoves = 2_000

// fleetResult is what the workers of a consumer did; nil of one without workers.
func (w *world) fleetResult(k *client.Consumer) *FleetResult {
	f := k.Fleet()
	if f == nil {
		return nil
	}
	r := &FleetResult{
		Version: k.Config.Kind.(client.KCL).Version, Leases: f.Leases, UnseenShards: f.Unseen,
		TableWrites: f.Writes, TableThrottled: f.Throttled, TableReadUnits: f.ReadUnits, MoveCount: len(f.Moves),
	}
	for _, x := range f.Workers {
		r.DuplicateRecords += x.Again
		r.Workers = append(r.Workers, WorkerResult{workerName(x.Number), x.Up, x.Leases, x.Received, x.Processed, x.Again})
	}
	for _, m := range f.Moves[:min(len(f.Moves), mostMoves)] {
		move := MoveResult{AtS: m.At.Seconds(), Shard: w.stream.Shard(m.Place).ID.String(), From: workerName(m.From), To: workerName(m.To), Reason: string(m.Why)}
		if m.Read {
			at := m.Begun.Seconds()
			move.ReadsAtS = &at
		}
		if m.Ended != des.Forever {
			at := m.Ended.Seconds()
			move.EndsAtS = &at
		}
		r.Moves = append(r.Moves, move)
	}
	return r
}

// workerName is a worker by its number; empty for nobody.
func workerName(n int) string {
	if n < 0 {
		return ""
	}
	return fmt.Sprint("worker-", n+1)
}
