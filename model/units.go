package model

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Binary multiples of a byte. Kinesis speaks of MB where the shipped AWS
// libraries compute with 2^20 bytes; kinesim writes MiB where it means 2^20.
const (
	KiB Bytes = 1 << 10
	MiB Bytes = 1 << 20
	GiB Bytes = 1 << 30
)

// Bytes is a size in bytes.
type Bytes int64

// String prints the size with the largest binary unit that it fills, with at
// most two decimals: 900 B, 1 MiB, 2.5 MiB.
func (b Bytes) String() string {
	abs := b
	if abs < 0 {
		abs = -abs
	}
	for _, u := range []struct {
		size Bytes
		name string
	}{{1 << 40, "TiB"}, {GiB, "GiB"}, {MiB, "MiB"}, {KiB, "KiB"}} {
		if abs >= u.size {
			return trimmed(float64(b)/float64(u.size)) + " " + u.name
		}
	}
	return strconv.FormatInt(int64(b), 10) + " B"
}

// trimmed prints x with at most two decimals and without trailing zeros.
func trimmed(x float64) string {
	return strconv.FormatFloat(math.Round(x*100)/100, 'f', -1, 64)
}

// Rate is how often something happens, exactly as people write it: Micro
// millionths of an event in each Per. 3500/s is {3.5e9, 1s}; 0.5/m is {5e5, 1m}.
// Keeping the period apart from the number lets 100/m stay exact, which 1.66…/s
// would not be. The zero Rate never happens.
type Rate struct {
	Micro int64
	Per   time.Duration
}

// PerSecond makes a rate of whole events a second.
func PerSecond(events int64) Rate { return Rate{events * 1e6, time.Second} }

// Hz is the rate in events a second, for reports and estimates. Decisions use
// Micro and Per.
func (r Rate) Hz() float64 {
	if r.Per == 0 {
		return 0
	}
	return float64(r.Micro) / 1e6 / r.Per.Seconds()
}

// String prints the rate as a scenario would write it.
func (r Rate) String() string {
	unit := map[time.Duration]string{time.Second: "s", time.Minute: "m", time.Hour: "h"}[r.Per]
	if unit == "" {
		return trimmed(r.Hz()) + "/s"
	}
	return strconv.FormatFloat(float64(r.Micro)/1e6, 'f', -1, 64) + "/" + unit
}

// USD is money in billionths of a US dollar, so that prices of 0.000000014 a
// unit stay whole numbers.
type USD int64

// Dollar is one US dollar.
const Dollar USD = 1e9

// Float is the amount in dollars, for reports.
func (u USD) Float() float64 { return float64(u) / 1e9 }

// String prints the amount to the cent: 47.09 USD.
func (u USD) String() string { return fmt.Sprintf("%.2f USD", u.Float()) }
