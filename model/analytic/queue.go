package analytic

import "math"

// MM1Wait is the mean time in the queue, service left out, of M/M/1: Poisson
// arrivals at arrive a second, exponential service with the given mean:
//
//	ρ/(1−ρ) · service,   ρ = arrive · service
//
// Source: Kleinrock, Queueing Systems, vol. 1, section 3.2. For ρ ≥ 1 the queue
// has no mean and +Inf is returned.
func MM1Wait(arrive, service float64) float64 { return MG1Wait(arrive, service, 1) }

// MD1Wait is the mean time in the queue of M/D/1, where service is constant:
// half of MM1Wait,
//
//	ρ/(2(1−ρ)) · service
//
// Source: as for MG1Wait with no variance.
func MD1Wait(arrive, service float64) float64 { return MG1Wait(arrive, service, 0) }

// MG1Wait is the mean time in the queue of M/G/1 whose service has the given
// mean and squared coefficient of variation (variance / mean²):
//
//	(1 + scv)/2 · ρ/(1−ρ) · service
//
// Source: the Pollaczek-Khinchine formula, Kleinrock, vol. 1, section 5.6.
func MG1Wait(arrive, service, scv float64) float64 {
	rho := arrive * service
	if rho >= 1 {
		return math.Inf(1)
	}
	return (1 + scv) / 2 * rho / (1 - rho) * service
}

// BacklogGrowth is by how many records a second the backlog of one serial
// processor grows: max(0, arrive − 1/service).
func BacklogGrowth(arrive, service float64) float64 { return max(0, arrive-1/service) }
