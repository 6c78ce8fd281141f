package scenarios

import (
	"fmt"

	"kinesim/model"
)

// Account is what belongs to the account and not to the stream: what its other streams use
// of it, and what it pays.
type Account struct {
	Ingest    *ByteRate   `json:"ingest,omitempty" range:"0MiB/s..10240MiB/s" doc:"Of its other on-demand streams, which counts to the commitment of on-demand advantage (default 0MiB/s)."`
	Retrieval *ByteRate   `json:"retrieval,omitempty" range:"0MiB/s..20480MiB/s" doc:"Likewise of what is read from them (default 0MiB/s)."`
	Shards    *int64      `json:"shards,omitempty" range:"0..1000000" doc:"Open shards of its other streams, which count to limits.shard_quota (default 0)."`
	Prices    *PricesFile `json:"prices,omitempty" doc:"Prices in place of those that come with this version; 'kinesim show prices.json' prints those."`
}

// PricesFile names a file of prices.
type PricesFile struct {
	File string `json:"file" jsonschema:"required" eg:"prices.json" doc:"Its path, beside the scenario."`
}

// mostPrices bounds a file of prices.
const mostPrices = 1 << 20

// account compiles what belongs to the account.
func (c *compiler) account(a *Account) {
	if a == nil || !c.sound(a) {
		return
	}
	if a.Ingest != nil {
		c.config.Account.InBytes = float64(*a.Ingest)
	}
	if a.Retrieval != nil {
		c.config.Account.OutBytes = float64(*a.Retrieval)
	}
	if a.Shards != nil {
		c.config.Account.Shards = *a.Shards
		left := c.config.Limits.ShardQuota - *a.Shards
		if open := int64(c.config.Stream.Shards.Len()); left < open {
			c.complain(codeConflict, a.Shards, "the account's other streams leave %d shards of its quota of %d, and this stream has %d", max(0, left), c.config.Limits.ShardQuota, open)
			return
		}
		c.config.Limits.ShardQuota = left
	}
	if a.Prices == nil {
		return
	}
	file := c.data("price file", &a.Prices.File, mostPrices)
	if file == nil {
		return
	}
	prices, err := model.ParsePrices(file.source.text)
	if err != nil {
		c.complain(codeFile, &a.Prices.File, "price file %s: %v", a.Prices.File, fmt.Errorf("%w; 'kinesim show prices.json' prints one to begin with", err))
		return
	}
	c.config.Prices = &prices
}
