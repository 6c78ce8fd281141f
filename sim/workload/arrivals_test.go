package workload_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// instants are the arrivals of all clients before end, in order.
func instants(a workload.Arrivals, r workload.Rate, clients int, end des.Time, seed uint64) []des.Time {
	var all []des.Time
	buffer := make([]des.Time, 100)
	for c := range clients {
		p := a.Start(r, workload.EvenPart(c, clients), des.Stream(seed, fmt.Sprint("client/", c)))
		last := des.Time(-1)
		for more := true; more; {
			n := p.Fill(buffer)
			for _, at := range buffer[:n] {
				if at < last {
					panic(fmt.Sprintf("client %d: %v after %v", c, at, last))
				}
				if last = at; at < end {
					all = append(all, at)
				}
			}
			more = n == len(buffer) && last < end
		}
	}
	slices.Sort(all)
	return all
}

func steps(t testing.TB, s ...workload.Step) workload.Rate {
	t.Helper()
	r, err := workload.Steps(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestRegular: record k of a constant rate r arises at ⌊k·10⁹/r⌋ ns and belongs to
// client k modulo the number of clients, after two weeks as in the first second.
func TestRegular(t *testing.T) {
	const clients = 7
	r := workload.Constant(model.PerSecond(3))
	for c := range int64(clients) {
		p := workload.Regular{}.Start(r, workload.EvenPart(int(c), clients), nil)
		times := make([]des.Time, 600_000)
		if n := p.Fill(times); n != len(times) {
			t.Fatalf("%d records", n)
		}
		for i, at := range times {
			if k := c + int64(i)*clients; at != des.Time(k*1e9/3) {
				t.Fatalf("record %d arises at %d ns, want %d", k, at, k*1e9/3)
			}
		}
	}
}

// TestRegularTotals: rows of a rate file come out to the record, however odd their
// spacing, and with any number of clients.
func TestRegularTotals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at, want := time.Duration(0), int64(0)
		var rows []workload.Count
		for range rapid.IntRange(2, 12).Draw(t, "rows") {
			n := rapid.Int64Range(0, 300).Draw(t, "records")
			rows = append(rows, workload.Count{At: at, Records: float64(n)})
			want += n
			at += time.Duration(rapid.Int64Range(1, 1e10).Draw(t, "spacing"))
		}
		r, err := workload.Counts(rows)
		if err != nil {
			t.Fatal(err)
		}
		got := instants(workload.Regular{}, r, rapid.IntRange(1, 5).Draw(t, "clients"), des.Forever, 0)
		if int64(len(got)) != want || r.Expected(des.Forever) != float64(want) {
			t.Fatalf("%d records, %v expected, want %d", len(got), r.Expected(des.Forever), want)
		}
		from := des.Time(0)
		for i, row := range rows[:len(rows)-1] { // each row's own, in its own stretch
			to := des.Time(rows[i+1].At)
			n := 0
			for _, at := range got {
				if at >= from && at < to {
					n++
				}
			}
			if n != int(row.Records) {
				t.Fatalf("row %d has %d records, want %v", i, n, row.Records)
			}
			from = to
		}
	})
}

// TestRegularRamp: in a ramp from 0 to 100/s in 10 s, record k arises where the
// integral of the rate, 5·t², reaches k.
func TestRegularRamp(t *testing.T) {
	r := steps(t, workload.Step{Rate: model.PerSecond(100), Ramp: 10 * time.Second})
	got := instants(workload.Regular{}, r, 3, des.Time(12e9), 0)
	if len(got) != 700 {
		t.Errorf("%d records, want 500 in the ramp and 200 after it", len(got))
	}
	for k, at := range got {
		want := math.Sqrt(float64(k) / 5)
		if k >= 500 {
			want = 10 + float64(k-500)/100
		}
		if math.Abs(at.Seconds()-want) > 1e-8 {
			t.Fatalf("record %d arises at %v s, want %v", k, at.Seconds(), want)
		}
	}
}

// TestPoissonCounts: the number of records in any span has the mean and the
// variance of the rate's integral, whatever the shape of the rate and the number
// of clients.
func TestPoissonCounts(t *testing.T) {
	const seed, spans = 11, 400
	shape := []workload.Step{
		{Rate: model.PerSecond(50)}, {At: 5 * time.Second, Rate: model.PerSecond(300), Ramp: 5 * time.Second},
		{At: 12 * time.Second, Rate: model.PerSecond(0)}, {At: 14 * time.Second, Rate: model.PerSecond(80), Ramp: 2 * time.Second},
	}
	r := steps(t, shape...)
	want := []float64{250, 875, 600, 0, 80, 80}
	ends := []des.Time{5e9, 10e9, 12e9, 14e9, 16e9, 17e9}
	for _, clients := range []int{1, 9} {
		sum, squares := make([]float64, len(want)), make([]float64, len(want))
		for i := range uint64(spans) {
			all := instants(workload.Poisson{}, r, clients, 17e9, seed*1000+i)
			for s, end := range ends {
				n := 0.0
				for len(all) > 0 && all[0] < end {
					all, n = all[1:], n+1
				}
				sum[s] += n
				squares[s] += n * n
			}
		}
		for s, w := range want {
			mean := sum[s] / spans
			variance := squares[s]/spans - mean*mean
			if math.Abs(mean-w) > 4*math.Sqrt(w/spans) {
				t.Errorf("seed %d, %d clients, span %d: %v records on average, want %v", seed, clients, s, mean, w)
			}
			if w > 0 && math.Abs(variance/w-1) > 5*math.Sqrt(2.0/spans) {
				t.Errorf("seed %d, %d clients, span %d: variance %v, want %v", seed, clients, s, variance, w)
			}
		}
	}
}

// TestPoissonGaps: the gaps between the records of all clients are exponential.
func TestPoissonGaps(t *testing.T) {
	const seed, hz = 12, 1000.0
	all := instants(workload.Poisson{}, workload.Constant(model.PerSecond(hz)), 10, des.Time(200e9), seed)
	gaps := make([]float64, len(all)-1)
	for i := range gaps {
		gaps[i] = (all[i+1] - all[i]).Seconds()
	}
	slices.Sort(gaps)
	distance := 0.0
	for i, x := range gaps {
		distance = max(distance, math.Abs(-math.Expm1(-hz*x)-(float64(i)+0.5)/float64(len(gaps))))
	}
	if most := 1.95 / math.Sqrt(float64(len(gaps))); distance > most {
		t.Errorf("seed %d: the distance to the law is %v, at most %v", seed, distance, most)
	}
}

// TestRateSums: Expected is the integral of the rate, and Peak its highest value.
func TestRateSums(t *testing.T) {
	r := steps(t,
		workload.Step{At: time.Second, Rate: model.PerSecond(10)},
		workload.Step{At: 3 * time.Second, Rate: model.PerSecond(110), Ramp: 2 * time.Second},
		workload.Step{At: 6 * time.Second, Rate: model.Rate{Micro: 90_000_000, Per: time.Minute}})
	for end, want := range map[des.Time]float64{0: 0, 1e9: 0, 2e9: 10, 3e9: 20, 4e9: 55, 5e9: 140, 6e9: 250, 16e9: 265} {
		if got := r.Expected(end); math.Abs(got-want) > 1e-6 {
			t.Errorf("%v records before %v, want %v", got, end, want)
		}
	}
	if got := r.Peak(4e9); math.Abs(got-110) > 1e-9 { // a ramp that is under way counts whole
		t.Errorf("peak %v", got)
	}
	if got := r.Peak(2e9); got != 10 {
		t.Errorf("peak %v of the beginning", got)
	}
	if got := (workload.Rate{}).Expected(1e9); got != 0 {
		t.Errorf("the empty rate brings %v", got)
	}
}

// TestRefusedRates: what is no rate is refused.
func TestRefusedRates(t *testing.T) {
	s := func(at, ramp time.Duration) workload.Step {
		return workload.Step{At: at, Rate: model.PerSecond(1), Ramp: ramp}
	}
	for name, list := range map[string][]workload.Step{
		"nothing": nil, "backwards": {s(5, 0), s(1, 0)}, "a ramp into the next": {s(0, 10), s(5, 0)},
		"too many": {{Rate: model.PerSecond(1e12)}, s(1000*time.Second, 0)},
	} {
		if _, err := workload.Steps(list); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	for name, rows := range map[string][]workload.Count{
		"nothing": nil, "twice the same time": {{At: 0}, {At: 0}}, "negative": {{Records: -1}}, "not a number": {{Records: math.NaN()}},
		"too many": {{Records: 2e12}},
	} {
		if _, err := workload.Counts(rows); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func BenchmarkArrivals(b *testing.B) {
	for name, a := range map[string]workload.Arrivals{"poisson": workload.Poisson{}, "regular": workload.Regular{}} {
		b.Run(name, func(b *testing.B) {
			p := a.Start(workload.Constant(model.PerSecond(50_000)), workload.EvenPart(0, 1), des.Stream(1, "arrivals"))
			dst := make([]des.Time, 128)
			for b.Loop() {
				p.Fill(dst)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/128, "ns/record")
		})
	}
}

// TestRateTimes: a rate so many times as high brings so many times as many records, in
// each of its pieces, and keeps its course.
func TestRateTimes(t *testing.T) {
	rate, err := workload.Steps([]workload.Step{{At: time.Second, Rate: model.PerSecond(100)}, {At: 3 * time.Second, Rate: model.PerSecond(400), Ramp: 2 * time.Second}, {At: 9 * time.Second, Rate: model.PerSecond(7)}})
	if err != nil {
		t.Fatal(err)
	}
	twice, err := rate.Times(2.5)
	if err != nil {
		t.Fatal(err)
	}
	for end := des.Time(0); end < 12e9; end += 5e8 {
		if got, want := twice.Expected(end), 2.5*rate.Expected(end); math.Abs(got-want) > 0.01 {
			t.Errorf("by %v: %v records, want %v", end, got, want)
		}
	}
	if got := twice.Peak(des.Forever); math.Abs(got-1000) > 1e-6 {
		t.Errorf("peak %v", got)
	}
}
