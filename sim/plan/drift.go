package plan

import (
	"slices"

	"kinesim/model"
	"kinesim/sim/des"
)

// Drift is what becomes of a map that was made for its keys when they no longer are as they
// were.
type Drift struct {
	Now   float64 `json:"now"`   // utilisation of the fullest shard under the keys that it was made for
	After float64 `json:"after"` // and when their loads have been dealt anew among them, on average
	Even  float64 `json:"even"`  // likewise of an even map of as many shards
}

// deals is how often the loads are dealt anew.
const deals = 40

// Drift deals the loads of the keys anew among them, again and again, and says how full the
// fullest shard of a map is then. It is the worst that drift does: keys whose loads change
// little leave a map nearly as good as it was.
func (l *Load) Drift(m model.ShardMap, seed uint64) Drift {
	d := Drift{Now: l.Hottest(m)}
	random := des.Stream(seed, "drift")
	drifted := *l
	drifted.Keys = slices.Clone(l.Keys)
	even := model.EvenShards(m.Len())
	for range deals {
		for i := len(drifted.Keys) - 1; i > 0; i-- {
			j := int(random.Uint64() % uint64(i+1))
			a, b := &drifted.Keys[i], &drifted.Keys[j]
			a.Records, b.Records, a.Bytes, b.Bytes = b.Records, a.Records, b.Bytes, a.Bytes
		}
		d.After += drifted.Hottest(m) / deals
		d.Even += drifted.Hottest(even) / deals
	}
	return d
}
