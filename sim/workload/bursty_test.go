package workload

import (
	"fmt"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
)

// TestBurstyMoves holds the wave to exact instants.
func TestBurstyMoves(t *testing.T) {
	for _, c := range []struct {
		wave Bursty
		at   map[des.Time]des.Time
	}{
		{Bursty{On: 10, Off: 40, Factor: 2}, map[des.Time]des.Time{0: 0, 1: 0, 10: 5, 19: 9, 20: 10, 35: 30, 49: 48, 50: 50, 69: 59, 70: 60, 1000: 1000}},
		{Bursty{On: 10, Off: 40, Factor: 5}, map[des.Time]des.Time{0: 0, 49: 9, 50: 50, 99: 59, 100: 100}},
		{Bursty{On: 10, Off: 40, Factor: 1}, map[des.Time]des.Time{0: 0, 7: 7, 10: 10, 49: 49, 77: 77}},
		{Bursty{On: 3, Off: 7, Factor: 10. / 3}, map[des.Time]des.Time{9: 2, 10: 10}},
		{Bursty{On: 1, Off: 1 << 55, Factor: 1<<55 + 1}, map[des.Time]des.Time{1 << 55: 0, 1<<55 + 1: 1<<55 + 1, 1<<55 + 9: 1<<55 + 1}},
	} {
		process := c.wave.Start(Constant(model.PerSecond(1)), EvenPart(0, 1), des.Stream(1, "x")).(*bursty)
		for at, want := range c.at {
			if got := process.move(at); got != want {
				t.Errorf("%+v moves %d to %d, want %d", c.wave, at, got, want)
			}
		}
	}
}

// shapes are rates of every kind over 20 minutes.
func shapes(t *testing.T) map[string]Rate {
	t.Helper()
	steps, err := Steps([]Step{{At: time.Minute, Rate: model.PerSecond(20)}, {At: 5 * time.Minute, Rate: model.PerSecond(200), Ramp: 3 * time.Minute}, {At: 15 * time.Minute, Rate: model.PerSecond(0)}})
	if err != nil {
		t.Fatal(err)
	}
	counts, err := Counts([]Count{{0, 6000}, {time.Minute, 0}, {2 * time.Minute, 12_000}, {10 * time.Minute, 100}})
	if err != nil {
		t.Fatal(err)
	}
	sine, err := Diurnal(model.PerSecond(50), model.PerSecond(100), 12*time.Hour, 20*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]Rate{"constant": Constant(model.PerSecond(80)), "steps": steps, "file": counts, "diurnal": sine}
}

// TestBurstyKeepsTheRate wants every turn to bring what the rate brings in it,
// whatever its kind, and the burst its part of that.
func TestBurstyKeepsTheRate(t *testing.T) {
	const end = des.Time(20 * time.Minute)
	wave := Bursty{On: 10 * time.Second, Off: 20 * time.Second, Factor: 2.4}
	turn := des.Time(wave.On + wave.Off)
	for name, rate := range shapes(t) {
		plain := binned(arise(Poisson{}, rate, 3, end, 5), turn, end)
		moved := arise(wave, rate, 3, end, 5)
		if got := binned(moved, turn, end); fmt.Sprint(got) != fmt.Sprint(plain) {
			t.Errorf("%s: the turns bring %v, without bursts %v", name, got, plain)
		}
		inBursts := 0
		for _, at := range moved {
			if at%turn < des.Time(wave.On) {
				inBursts++
			}
		}
		if name == "constant" {
			plausible(t, name+": in bursts", inBursts, 80*2.4*10*40)
			plausible(t, name+": in between", len(moved)-inBursts, 80*0.3*20*40)
		}
	}
}

// TestBurstySilence wants nothing between bursts that take all, and the sum to
// stay the rate's.
func TestBurstySilence(t *testing.T) {
	const end = des.Time(20 * time.Minute)
	wave := Bursty{On: 5 * time.Second, Off: 15 * time.Second, Factor: 4}
	for name, rate := range shapes(t) {
		instants := arise(wave, rate, 2, end, 11)
		for _, at := range instants {
			if at%des.Time(wave.On+wave.Off) >= des.Time(wave.On) {
				t.Fatalf("%s: a record arises at %v, when it is silent", name, at)
			}
		}
		plausible(t, name, len(instants), rate.Expected(end))
	}
}

// TestBurstyIsPoissonInside compares the variance of counts in tenths of bursts
// with their mean: a Poisson process has them equal.
func TestBurstyIsPoissonInside(t *testing.T) {
	const end = des.Time(2000 * time.Second)
	wave := Bursty{On: time.Second, Off: time.Second, Factor: 1.5}
	var sum, squares, n float64
	for i, count := range binned(arise(wave, Constant(model.PerSecond(100)), 4, end, 3), des.Time(100*time.Millisecond), end) {
		if i%20 < 10 {
			sum, squares, n = sum+float64(count), squares+float64(count*count), n+1
		}
	}
	mean := sum / n
	if index := (squares/n - mean*mean) / mean; index < 0.95 || index > 1.05 { // its standard deviation is √(2/n) = 0.014
		t.Errorf("the index of dispersion is %v, want 1", index)
	}
	plausible(t, "in bursts", int(sum), 150*1000)
}

// TestBurstyOrder wants the instants of a client in order.
func TestBurstyOrder(t *testing.T) {
	for name, rate := range shapes(t) {
		last := des.Time(0)
		for _, at := range arise(Bursty{On: 7 * time.Second, Off: 3 * time.Second, Factor: 1.2}, rate, 1, des.Time(20*time.Minute), 2) {
			if at < last {
				t.Fatalf("%s: %v comes after %v", name, at, last)
			}
			last = at
		}
	}
}
