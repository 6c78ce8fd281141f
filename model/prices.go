package model

import (
	"bytes"
	_ "embed" // of the prices
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"sync"
)

// Prices are what a stream costs in either mode, and the lease tables of those who read
// it. They are a dated file (prices.json), which users can replace by one of their own.
type Prices struct {
	Region string `json:"region"`
	Date   string `json:"date"`
	Source string `json:"source"`

	ShardHour         USD            `json:"shard_hour"`           // an open shard
	PayloadUnits      USD            `json:"payload_unit_million"` // a million PUT payload units
	ExtendedShardHour USD            `json:"extended_shard_hour"`  // on top, for each open shard, while retention is above 24 hours
	LongTermGiBMonth  USD            `json:"long_term_gib_month"`  // storage of data older than 7 days
	LongTermReadGiB   USD            `json:"long_term_read_gib"`   // of such data by GetRecords; of a provisioned stream
	FanoutShardHour   USD            `json:"fanout_shard_hour"`    // an enhanced fan-out consumer on one shard
	FanoutGiB         USD            `json:"fanout_gib"`           // retrieved by enhanced fan-out
	OnDemand          OnDemandPrices `json:"on_demand"`
	Advantage         OnDemandPrices `json:"on_demand_advantage"`
	TableWrites       USD            `json:"table_writes_million"` // a million write units of a DynamoDB table on demand
	TableReads        USD            `json:"table_reads_million"`  // likewise of read units
}

// OnDemandPrices are what an on-demand stream costs. Sizes of records are counted in
// whole KiB on the way in.
type OnDemandPrices struct {
	StreamHour   USD `json:"stream_hour"`
	InGiB        USD `json:"in_gib"`
	OutGiB       USD `json:"out_gib"` // by GetRecords
	FanoutGiB    USD `json:"fanout_gib"`
	KeptGiBMonth USD `json:"kept_gib_month"` // of data from 24 hours to 7 days old; LongTermGiBMonth is for what is older
}

// Commitment is what the Advantage setting commits an account to, a second, on the way
// in and on the way out; what its streams do not use is billed all the same.
const Commitment = 25 * MiB

//go:embed prices.json
var pricesText []byte

// USEast1 are the prices of Region us-east-1 that come with this version.
var USEast1 = sync.OnceValue(func() Prices {
	p, err := ParsePrices(pricesText)
	if err != nil {
		panic("model: prices.json: " + err.Error()) // it is part of the program
	}
	return p
})

// PricesText is the file of the prices that come with this version, to begin one's own with.
func PricesText() []byte { return bytes.Clone(pricesText) }

// ParsePrices reads a file of prices in dollars. Every price must be given.
func ParsePrices(text []byte) (Prices, error) {
	var given map[string]json.RawMessage
	if err := json.Unmarshal(text, &given); err != nil {
		return Prices{}, fmt.Errorf("not JSON: %w", err)
	}
	var p Prices
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return Prices{}, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Prices{}, errors.New("something follows the prices")
	}
	for _, name := range []string{"region", "date", "shard_hour", "payload_unit_million", "extended_shard_hour", "long_term_gib_month", "long_term_read_gib",
		"fanout_shard_hour", "fanout_gib", "on_demand", "on_demand_advantage", "table_writes_million", "table_reads_million"} {
		if _, ok := given[name]; !ok {
			return Prices{}, fmt.Errorf("%s is missing", name)
		}
	}
	return p, nil
}

// UnmarshalJSON reads an amount such as "0.015": in quotes, so that no decimal is lost.
func (u *USD) UnmarshalJSON(text []byte) error {
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return fmt.Errorf("a price is an amount in quotes, such as \"0.015\", not %s", text)
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok || r.Sign() < 0 {
		return fmt.Errorf("%q is no price; write an amount in dollars, such as \"0.015\"", s)
	}
	r.Mul(r, big.NewRat(int64(Dollar), 1))
	if !r.IsInt() || !r.Num().IsInt64() {
		return fmt.Errorf("%q has more than nine decimals, or is too much", s)
	}
	*u = USD(r.Num().Int64())
	return nil
}
