package report

import "kinesim/sim"

// withHardships makes consumer lake an application of four workers of which one died,
// and fraud a function, so that every figure about consumers has something to show.
func withHardships(r *sim.Result) *sim.Result {
	lake := &r.Consumers[0]
	lake.Type, lake.DuplicateRecords, lake.RepeatedRecords, lake.FailedRecords = "kcl", 13_054, 13_054, 12
	lake.UntilLossS, lake.AgeGrowth = ptr(50_000.0), 0.02
	lake.KCL = &sim.FleetResult{
		Version: 2, Leases: 4, TableWrites: 40_000, TableReadUnits: 2_000, DuplicateRecords: 13_054, MoveCount: 6,
		Workers: []sim.WorkerResult{
			{Worker: "worker-1", Up: true, Leases: 2, ReceivedRecords: 9_000_000, ProcessedRecords: 9_000_000, DuplicateRecords: 13_054},
			{Worker: "worker-2", ReceivedRecords: 4_000_000, ProcessedRecords: 3_999_900},
			{Worker: "worker-3", Up: true, Leases: 2, ReceivedRecords: 7_000_000, ProcessedRecords: 7_000_000},
		},
		Moves: []sim.MoveResult{
			{Shard: shardID(0), To: "worker-1", Reason: "start", ReadsAtS: ptr(0.0)},
			{Shard: shardID(1), To: "worker-2", Reason: "start", ReadsAtS: ptr(0.0), EndsAtS: ptr(7200.0)},
			{Shard: shardID(2), To: "worker-2", Reason: "start", ReadsAtS: ptr(0.0), EndsAtS: ptr(7200.0)},
			{AtS: 7220.3, Shard: shardID(1), From: "worker-2", To: "worker-1", Reason: "expired", ReadsAtS: ptr(7221.3)},
			{AtS: 7231, Shard: shardID(2), From: "worker-2", To: "worker-1", Reason: "expired", ReadsAtS: ptr(7232.0), EndsAtS: ptr(9003.0)},
			{AtS: 9000, Shard: shardID(2), From: "worker-1", To: "worker-3", Reason: "stolen", ReadsAtS: ptr(9001.0)},
		},
	}
	r.Consumers[1].Type = "lambda"
	r.Consumers[1].Lambda = &sim.Functions{Invocations: 210_000, Errors: 12, MaxConcurrency: 8, MeanBatch: 98}
	for i := range r.Series.Bins {
		r.Series.Consumers[1].Invocations = append(r.Series.Consumers[1].Invocations, int64(3+i%5))
	}
	r.Stream.RetentionS = 1_800
	r.Faults = append(r.Faults, sim.FaultResult{
		Fault: "kill_workers", Text: "1 of the workers of consumer lake were dead", Consumer: "lake", FromS: 7200, ToS: 9000,
		Recovery: &sim.Hardship{
			DetectedS: ptr(20.3), TakenOverS: ptr(32.0), CaughtUpS: ptr(2400.0), PeakAgeMS: 221e3, PeakBacklog: 480_000, BacklogAtPeak: 470_000, PeakS: 1440,
			EstimateS: ptr(900.0), CatchUpS: ptr(960.0), Duplicates: 13_054, Failed: 12, TakenOver: 2,
		},
	})
	return r
}
