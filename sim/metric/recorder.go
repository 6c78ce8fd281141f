package metric

// Recorder is a histogram that is read in laps: short spans whose statistics
// are wanted by themselves, and which add up to a total and to any windows that
// are open. What is recorded goes to the current lap.
type Recorder struct {
	lap     Histogram
	total   Histogram
	windows []*Histogram
}

// Add records v once.
func (r *Recorder) Add(v uint64) { r.lap.Add(v) }

// AddN records v n times.
func (r *Recorder) AddN(v, n uint64) { r.lap.AddN(v, n) }

// Lap is the histogram of the current lap, for loops that record much.
func (r *Recorder) Lap() *Histogram { return &r.lap }

// EndLap adds the lap to the total and to the open windows and begins the next.
func (r *Recorder) EndLap() {
	if r.lap.n == 0 {
		return
	}
	r.total.Merge(&r.lap)
	for _, w := range r.windows {
		w.Merge(&r.lap)
	}
	r.lap.Reset()
}

// Total is all laps that have ended.
func (r *Recorder) Total() *Histogram { return &r.total }

// Open begins a window: from now on laps are added to w as well. The current lap
// must have ended.
func (r *Recorder) Open(w *Histogram) { r.windows = append(r.windows, w) }

// Close ends a window. The current lap must have ended.
func (r *Recorder) Close(w *Histogram) {
	for i, open := range r.windows {
		if open == w {
			r.windows = append(r.windows[:i], r.windows[i+1:]...)
			return
		}
	}
}
