package plan

import (
	"runtime"
	"sync"

	"kinesim/model"
	"kinesim/sim"
)

// Problem is what is to be planned: ways to run a scenario, each with a number of shards
// that is free within a span. The expectations of the scenario are the constraints, its
// monthly bill is what is to be least.
type Problem struct {
	Ways      []Way
	Least     int     // shards that may be chosen; at least 1
	Most      int     // and the most
	P         float64 // share of the runs that must meet all expectations: (0, 1]
	Runs      int     // of the proof
	Growth    float64 // of the load in a week: 0.05 is 5 %; 0: not asked
	Present   model.ShardMap
	Was       sim.StreamConfig // the stream as it is, beside its shards
	Inputs    []Input          // that are uncertain
	Worlds    []World          // one for each combination of their values; none: nothing is uncertain
	Reproduce string           // the command line that gives the plan again
	Workers   int              // runs at a time; 0: as many as there are cores
	Progress  func(done int, what string)
}

// Way is one alternative of what is not the number of shards: a mode, a map, a way to
// read or write.
type Way struct {
	Name     string
	Settings []string // what differs from the scenario, as --set takes it
	Config   *sim.Config
	Map      func(shards int) model.ShardMap // nil: the number of shards is not free
}

// Uneven is the way with shards cut where its keys want it.
func (w Way) Uneven() Way {
	load := LoadOf(w.Config)
	maps := map[int]model.ShardMap{}
	var mu sync.Mutex
	w.Name += ", uneven map"
	w.Map = func(n int) model.ShardMap {
		mu.Lock()
		defer mu.Unlock()
		if _, ok := maps[n]; !ok {
			maps[n] = load.Coolest(n)
		}
		return maps[n]
	}
	return w
}

// workers is how many runs are played at a time.
func (p *Problem) workers() int {
	if p.Workers > 0 {
		return p.Workers
	}
	return runtime.NumCPU()
}

// tell says what has been done so far.
func (p *Problem) tell(done int, what string) {
	if p.Progress != nil {
		p.Progress(done, what)
	}
}
