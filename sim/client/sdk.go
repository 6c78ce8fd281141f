package client

import (
	"math"
	"time"
)

// SDKMode is a retry mode of the AWS SDKs.
type SDKMode string

// The modes. Sources: botocore retries/standard.py, the SDK reference guide
// (August 2026).
const (
	SDKStandard SDKMode = "standard"      // rand·min(2^i s, 20 s) before retry i = 0, 1 …, with a quota
	SDKLegacy   SDKMode = "legacy"        // rand·2^i s, without a quota: boto3 unless configured
	SDK2026     SDKMode = "standard_2026" // AWS_NEW_RETRIES_2026=true: base 1 s when throttled, else 50 ms
)

// SDKRetry is what the AWS SDKs do by themselves: up to Attempts attempts of a
// call that failed. They never resend the failed entries of a PutRecords answer;
// the application would have to.
type SDKRetry struct {
	Attempts int
	Mode     SDKMode
}

const (
	sdkCap       = 20 * time.Second      // the longest wait of the standard modes
	sdkTransient = 50 * time.Millisecond // the base of the mode of 2026 after anything but throttling
)

// The retry quota of a client in the standard modes: a bucket of tokens, of which
// a retry takes some and a success gives some back, so that many clients do not
// make a bad hour worse.
const (
	quotaTokens    = 500
	quotaRetry     = 5
	quotaTimeout   = 10
	quotaTransient = 14 // in the mode of 2026, after anything but throttling
	quotaReward    = 1  // for a success at the first attempt
)

// Entries implements Retry.
func (SDKRetry) Entries() bool { return false }

// Next implements Retry.
func (s SDKRetry) Next(t *Try) (time.Duration, bool) {
	if t.Attempt >= s.Attempts || s.Mode != SDKLegacy && !t.Quota.take(s.cost(t)) {
		return 0, false
	}
	base, most := time.Second, sdkCap
	switch {
	case s.Mode == SDKLegacy:
		most = math.MaxInt64 / 4
	case s.Mode == SDK2026 && !t.Throttled:
		base = sdkTransient
	}
	return fraction(t.Random, doubled(base, t.Attempt-1, most)), true
}

// cost is what a retry takes from the quota.
func (s SDKRetry) cost(t *Try) int {
	switch {
	case s.Mode == SDK2026 && !t.Throttled:
		return quotaTransient
	case s.Mode != SDK2026 && t.Timeout:
		return quotaTimeout
	}
	return quotaRetry
}

// Quota is the retry quota of one client.
type Quota struct{ used int } // of quotaTokens

// take takes tokens for a retry, if there are enough.
func (q *Quota) take(n int) bool {
	if q.used+n > quotaTokens {
		return false
	}
	q.used += n
	return true
}

// give gives tokens back after a success: what its last retry took, or a little
// for one at the first attempt.
func (q *Quota) give(n int) { q.used = max(0, q.used-max(n, quotaReward)) }
