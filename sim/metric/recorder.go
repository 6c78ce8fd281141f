package metric

// Recorder is a histogram that is read in laps: short spans whose statistics
// are wanted by themselves, and which add up to a total and to any windows that
// are open. What is recorded goes to the current lap, or to a part of it: those who
// record at the same time do so in different parts.
type Recorder struct {
	laps    []*Histogram // the parts of the current lap
	total   Histogram
	windows []*Histogram
}

// Add records v once, in the first part of the lap.
func (r *Recorder) Add(v uint64) { r.Lap(0).Add(v) }

// AddN records v n times, in the first part of the lap.
func (r *Recorder) AddN(v, n uint64) { r.Lap(0).AddN(v, n) }

// Lap is the histogram of a part of the current lap, and of that part of all later ones.
// Parts are numbered from 0.
func (r *Recorder) Lap(part int) *Histogram {
	for len(r.laps) <= part {
		r.laps = append(r.laps, new(Histogram))
	}
	return r.laps[part]
}

// EndLap adds the lap to the total and to the open windows and begins the next. Its parts
// are put together first, so that what they have in common is added once.
func (r *Recorder) EndLap() {
	if len(r.laps) == 0 {
		return
	}
	lap := r.laps[0]
	for _, part := range r.laps[1:] {
		lap.Take(part)
	}
	r.total.Merge(lap)
	for _, w := range r.windows {
		w.Merge(lap)
	}
	lap.Reset()
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
