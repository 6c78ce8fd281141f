package model_test

import (
	"math"
	"testing"
	"time"

	"kinesim/model"
)

// TestUnitsPrint: numbers print with their units, the largest that they fill.
func TestUnitsPrint(t *testing.T) {
	for want, got := range map[string]string{
		"900 B":     model.Bytes(900).String(),
		"1 KiB":     model.Bytes(1024).String(),
		"2.5 MiB":   (5 * model.MiB / 2).String(),
		"-1.5 GiB":  (-3 * model.GiB / 2).String(),
		"3500/s":    model.PerSecond(3500).String(),
		"0.5/m":     model.Rate{Micro: 500_000, Per: time.Minute}.String(),
		"10/h":      model.Rate{Micro: 10_000_000, Per: time.Hour}.String(),
		"47.09 USD": (47_088 * model.Dollar / 1000).String(),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if hz := (model.Rate{Micro: 90_000_000_000, Per: time.Minute}).Hz(); hz != 1500 {
		t.Errorf("90000/m is %v Hz", hz)
	}
	if hz := (model.Rate{}).Hz(); hz != 0 {
		t.Errorf("the zero rate is %v Hz", hz)
	}
}

// TestDelay: the law beneath has the percentiles that are given, floor included.
func TestDelay(t *testing.T) {
	d := model.Delay{Min: 2 * time.Millisecond, P50: 10 * time.Millisecond, P99: 60 * time.Millisecond}
	mu, sigma, ok := d.Lognormal()
	if !ok || d.Constant() {
		t.Fatal("not lognormal")
	}
	if p50 := 2e6 + math.Exp(mu); math.Abs(p50-10e6) > 1 {
		t.Errorf("median %v ns", p50)
	}
	if p99 := 2e6 + math.Exp(mu+2.3263478740408408*sigma); math.Abs(p99-60e6) > 1 {
		t.Errorf("p99 %v ns", p99)
	}
	for want, got := range map[string]model.Delay{
		"40ms":                      model.Constantly(40 * time.Millisecond),
		"even between 5ms and 75ms": {Min: 5 * time.Millisecond, Max: 75 * time.Millisecond},
		"lognormal, median 10ms, p99 60ms, never under 2ms": d,
	} {
		if _, _, log := got.Lognormal(); got.String() != want || log != (got.P50 > 0) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if !model.Constantly(time.Second).Constant() {
		t.Error("a constant delay varies")
	}
}
