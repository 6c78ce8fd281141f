package scenarios

import (
	"time"

	"kinesim/sim/autoscale"
)

// KinesisAutoScaling is the function of aws-samples/kinesis-auto-scaling.
type KinesisAutoScaling struct {
	Period      Duration `json:"period" range:"1m..24h" doc:"Length of a data point of its alarms, in whole minutes (default 5m)."`
	UpAt        Share    `json:"up_at" range:"0.1%..1000%" doc:"Doubles at this use of the shards or above (default 75%)."`
	UpPeriods   int64    `json:"up_periods" range:"1..1440" doc:"Of so many periods (default 5)."`
	UpPoints    int64    `json:"up_points" range:"1..1440" doc:"In so many of these (default 5)."`
	DownAt      Share    `json:"down_at" range:"0%..1000%" doc:"Halves below this use (default 25%)."`
	DownPeriods int64    `json:"down_periods" range:"1..1440" doc:"Of so many periods (default 60)."`
	DownPoints  int64    `json:"down_points" range:"1..1440" doc:"In so many of these (default 57)."`
	AgeGuard    Duration `json:"age_guard" range:"0s..8760h" doc:"Does not halve while a classic reader is so far behind (default 0s: it does not look)."`
	MinShards   *int64   `json:"min_shards,omitempty" range:"1..10000" doc:"Never fewer (default 1; the function itself has no such setting)."`
	MaxShards   *int64   `json:"max_shards,omitempty" range:"1..10000" doc:"Never more (default: what the service allows; the function itself has no such setting)."`
}

func (k *KinesisAutoScaling) defaults() {
	p := published[autoscale.KinesisAutoScaling]("kinesis-auto-scaling")
	*k = KinesisAutoScaling{
		Period: Duration(p.Period), AgeGuard: Duration(p.AgeGuard),
		UpAt: Share(p.UpAt * 1e9), UpPeriods: int64(p.UpPeriods), UpPoints: int64(p.UpPoints),
		DownAt: Share(p.DownAt * 1e9), DownPeriods: int64(p.DownPeriods), DownPoints: int64(p.DownPoints),
	}
}

func (k *KinesisAutoScaling) policy(c *compiler, a *Autoscale) autoscale.Policy {
	bounds, sound := c.bounded(k.MinShards, k.MaxShards)
	for _, side := range []struct {
		points, periods *int64
	}{{&k.UpPoints, &k.UpPeriods}, {&k.DownPoints, &k.DownPeriods}} {
		switch {
		case *side.points > *side.periods:
			c.fail(conflict("%d data points cannot breach in %s", *side.points, count(int(*side.periods), "period")), side.points, side.periods, a)
			sound = false
		case k.Period*Duration(*side.periods) > Duration(24*time.Hour):
			c.fail(conflict("%d periods of %s are more than the 24h that an alarm looks back", *side.periods, k.Period), side.periods, &k.Period, a)
			sound = false
		}
	}
	switch {
	case k.Period%Duration(time.Minute) != 0:
		c.complain(codeRange, &k.Period, "a period of %s is not a whole number of minutes", k.Period)
		return nil
	case k.DownAt >= k.UpAt:
		c.fail(conflict("it would halve below %s and double at %s: the first must be less", k.DownAt, k.UpAt), &k.DownAt, &k.UpAt, a)
		return nil
	case !sound:
		return nil
	}
	return autoscale.KinesisAutoScaling{
		Period: time.Duration(k.Period), UpAt: k.UpAt.Ratio(), DownAt: k.DownAt.Ratio(), AgeGuard: time.Duration(k.AgeGuard), Bounds: bounds,
		UpPeriods: int(k.UpPeriods), UpPoints: int(k.UpPoints), DownPeriods: int(k.DownPeriods), DownPoints: int(k.DownPoints),
	}
}

// Substation is the autoscale function of brexhq/substation.
type Substation struct {
	Threshold   Share  `json:"threshold" range:"40%..90%" doc:"Grows at this use of the shards or above, and shrinks at 35 points less or below (default 70%)."`
	UpMinutes   int64  `json:"up_minutes" range:"1..1440" doc:"Minutes in a row (default 5)."`
	DownMinutes int64  `json:"down_minutes" range:"1..1440" doc:"Minutes in a row (default 60)."`
	MinShards   *int64 `json:"min_shards,omitempty" range:"1..10000" doc:"Never fewer (default 1)."`
	MaxShards   *int64 `json:"max_shards,omitempty" range:"1..10000" doc:"Never more (default: what the service allows)."`
}

func (s *Substation) defaults() {
	p := published[autoscale.Substation]("substation")
	s.Threshold, s.UpMinutes, s.DownMinutes = Share(p.Threshold*1e9), int64(p.UpPoints), int64(p.DownPoints)
}

func (s *Substation) policy(c *compiler, _ *Autoscale) autoscale.Policy {
	bounds, ok := c.bounded(s.MinShards, s.MaxShards)
	if !ok {
		return nil
	}
	return autoscale.Substation{Threshold: s.Threshold.Ratio(), UpPoints: int(s.UpMinutes), DownPoints: int(s.DownMinutes), Bounds: bounds}
}
