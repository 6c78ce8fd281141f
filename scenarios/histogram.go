package scenarios

import (
	"kinesim/model"
	"kinesim/sim/workload"
)

// SizedShare is a size with its share of the records.
type SizedShare struct {
	Size  Size  `json:"size" jsonschema:"required" range:"0B..10MiB" doc:"The size of the records of this bar."`
	Share Share `json:"share" jsonschema:"required" range:"0%..100%" doc:"Its part of the records; the shares add up to 100%."`
}

// HistogramSize are a few sizes with their shares.
type HistogramSize []SizedShare

func (h HistogramSize) size(c *compiler, _ model.Bytes) workload.Size {
	sum := Share(0)
	first := map[Size]int{}
	var law workload.HistogramSize
	for i := range h {
		s := &h[i]
		if before, twice := first[s.Size]; twice {
			c.complain(codeTwice, &s.Size, "size %s stands twice in the histogram; it is also number %d", s.Size, before+1)
		} else {
			first[s.Size] = i
		}
		sum += s.Share
		law = append(law, workload.WeightedSize{Size: model.Bytes(s.Size), Weight: s.Share.Ratio()})
	}
	c.addUp(sum, &h[0].Share)
	return law
}
