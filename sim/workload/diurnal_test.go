package workload

import (
	"fmt"
	"math"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
)

// sine is the integral, from 0 to at, of a sine over a day with that mean and
// peak, in records.
func sine(mean, peak float64, peakAt, at time.Duration) float64 {
	angle := func(t time.Duration) float64 { return 2 * math.Pi * (t - peakAt).Seconds() / 86400 }
	return mean*at.Seconds() + (peak-mean)*86400/(2*math.Pi)*(math.Sin(angle(at))-math.Sin(angle(0)))
}

func perHour(records int64) model.Rate { return model.Rate{Micro: records * 1e6, Per: time.Hour} }

// TestDiurnalIsASine holds the records by every minute against the integral.
func TestDiurnalIsASine(t *testing.T) {
	for _, c := range []struct {
		mean, peak int64 // an hour
		peakAt     time.Duration
	}{{3600, 7200, 12 * time.Hour}, {1000, 1000, 0}, {1000, 1999, 24 * time.Hour}, {77, 100, 5*time.Hour + 7*time.Second}, {1, 2, 11 * time.Hour}, {36e8, 72e8, 20 * time.Hour}} {
		const end = 50*time.Hour + 30*time.Second
		rate, err := Diurnal(perHour(c.mean), perHour(c.peak), c.peakAt, end)
		if err != nil {
			t.Fatal(err)
		}
		for at := time.Duration(0); at <= end; at += time.Minute {
			got, want := rate.Expected(des.Time(at)), sine(float64(c.mean)/3600, float64(c.peak)/3600, c.peakAt, at)
			if math.Abs(got-want) > 3e-6+1e-12*want {
				t.Fatalf("%+v: %v records by %v, want %v", c, got, at, want)
			}
		}
		for days := time.Duration(1); days <= 2; days++ {
			if got, want := rate.Expected(des.Time(days*day)), float64(c.mean*24*int64(days)); got != want {
				t.Errorf("%+v: %v records in %d days, want %v", c, got, days, want)
			}
		}
		if got, want := rate.Peak(des.Time(day)), float64(c.peak)/3600; math.Abs(got-want) > 4e-6*want+2e-8 { // the mean of the minute around it
			t.Errorf("%+v: the highest rate is %v/s, want %v/s", c, got, want)
		}
	}
}

// TestDiurnalTotalsAreExact wants regular arrivals to bring each day what the
// mean brings, and the hours of the night less than those of the day.
func TestDiurnalTotalsAreExact(t *testing.T) {
	for _, peakAt := range []time.Duration{0, 12 * time.Hour, 15*time.Hour + 1} {
		rate, err := Diurnal(perHour(360), perHour(720), peakAt, 3*day)
		if err != nil {
			t.Fatal(err)
		}
		instants := arise(Regular{}, rate, 3, des.Time(3*day), 1)
		if got, want := fmt.Sprint(binned(instants, des.Time(day), des.Time(3*day))), "[8640 8640 8640]"; got != want {
			t.Errorf("with the peak at %v the days bring %s, want %s", peakAt, got, want)
		}
		hours := binned(instants, des.Time(time.Hour), des.Time(3*day))
		for i, got := range hours {
			from := time.Duration(i) * time.Hour
			want := sine(0.1, 0.2, peakAt, from+time.Hour) - sine(0.1, 0.2, peakAt, from)
			if math.Abs(float64(got)-want) > 1 {
				t.Errorf("with the peak at %v hour %d brings %d, want %v", peakAt, i, got, want)
			}
		}
	}
}

func TestDiurnalPoisson(t *testing.T) {
	const end = 2 * day
	rate, err := Diurnal(perHour(3600), perHour(6000), 9*time.Hour, end)
	if err != nil {
		t.Fatal(err)
	}
	for i, got := range binned(arise(Poisson{}, rate, 2, des.Time(end), 7), des.Time(time.Hour), des.Time(end)) {
		from := time.Duration(i) * time.Hour
		want := sine(1, 6000./3600, 9*time.Hour, from+time.Hour) - sine(1, 6000./3600, 9*time.Hour, from)
		plausible(t, fmt.Sprintf("hour %d", i), got, want)
	}
}

func TestDiurnalTooMuch(t *testing.T) {
	for _, mean := range []model.Rate{model.PerSecond(1e12), {Micro: math.MaxInt64 / 2, Per: time.Second}, model.PerSecond(11_574_080)} {
		if _, err := Diurnal(mean, mean, 0, day); err == nil {
			t.Errorf("%v for a day is taken", mean)
		}
	}
	if rate, err := Diurnal(model.PerSecond(11_574_074), model.PerSecond(11_574_074), 0, day); err != nil || rate.Expected(des.Time(day)) != 999_999_993_600 {
		t.Errorf("%v, %v", rate.Expected(des.Time(day)), err)
	}
	if rate, err := Diurnal(model.PerSecond(0), model.PerSecond(0), 0, day); err != nil || rate.Expected(des.Time(day)) != 0 {
		t.Errorf("%v, %v", rate.Expected(des.Time(day)), err)
	}
}
