package metric

// Stats sums up a histogram for a result. The values are null when nothing was
// counted.
type Stats struct {
	Count uint64   `json:"count"`
	Mean  *float64 `json:"mean"`
	P50   *float64 `json:"p50"`
	P90   *float64 `json:"p90"`
	P99   *float64 `json:"p99"`
	P999  *float64 `json:"p999"`
	Max   *float64 `json:"max"`
}

// Stats sums up h with every value times scale: 1e-6 makes milliseconds of
// nanoseconds.
func (h *Histogram) Stats(scale float64) Stats {
	if h.Count() == 0 {
		return Stats{}
	}
	value := func(x float64) *float64 { x *= scale; return &x }
	quantile := func(thousandths uint64) *float64 { return value(float64(h.Quantile(thousandths))) }
	return Stats{
		Count: h.n, Mean: value(h.Mean()),
		P50: quantile(500), P90: quantile(900), P99: quantile(990), P999: quantile(999),
		Max: value(float64(h.max)),
	}
}

// Of picks a statistic by the name it has in JSON. It is nil when nothing was
// counted, and ok is false when there is no such statistic.
func (s Stats) Of(stat string) (value *float64, ok bool) {
	switch stat {
	case "mean":
		return s.Mean, true
	case "p50":
		return s.P50, true
	case "p90":
		return s.P90, true
	case "p99":
		return s.P99, true
	case "p999":
		return s.P999, true
	case "max":
		return s.Max, true
	}
	return nil, false
}
