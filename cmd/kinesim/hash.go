package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"kinesim/model"
	"kinesim/scenarios"
)

// hashed is one row of the answer.
type hashed struct {
	Key     string `json:"key"`
	MD5     string `json:"md5"`
	HashKey string `json:"hash_key"`
	Shard   string `json:"shard"`
}

func (a *app) hashCommand() *cobra.Command {
	var shards int
	var file, format string
	var f studyFlags
	command := &cobra.Command{
		Use:   "hash KEY…",
		Short: "Partition key → MD5 → hash key → shard; or how a file of keys spreads",
		Long: `Partition key → MD5 → hash key → shard, as the service routes it.

With --keys-file, a CSV of key,weight, it says how the keys spread over the shards:
the share of each, which stay empty, and whether there is a hot key, which no number
of shards helps, or a hot shard, which a split does.`,
		Example: `  kinesim hash --shards 8 customer-1 customer-2
  aws kinesis list-shards --stream-name orders > shards.json
  kinesim hash --shards-file shards.json -o json merchant-7
  kinesim hash --keys-file keys.csv --shards 16 --rate 9000/s --size 700B`,
		Args: func(command *cobra.Command, keys []string) error {
			switch {
			case f.file == "":
				return some("partition keys, or --keys-file")(command, keys)
			case len(keys) > 0:
				return bad("keys come from --keys-file or from the command line, not from both")
			}
			return nil
		},
		RunE: func(command *cobra.Command, keys []string) error {
			if err := oneOf("output format", format, "text", "json"); err != nil {
				return err
			}
			places, err := shardMap(shards, file, command.Flags().Changed("shards"))
			if err != nil {
				return err
			}
			if f.file != "" {
				return a.study(f, places, format)
			}
			rows := make([]hashed, len(keys))
			for i, key := range keys {
				if problem := model.CheckKey(key); problem != "" {
					return bad("%q: %s", key, problem)
				}
				h := model.KeyHash(key)
				rows[i] = hashed{key, h.Hex(), h.String(), places.At(places.Find(h)).ID.String()}
			}
			if format == "json" {
				return a.writeJSON(rows)
			}
			return a.table(rows)
		},
	}
	command.Flags().IntVar(&shards, "shards", 1, "number of evenly cut shards")
	command.Flags().StringVar(&file, "shards-file", "", "shards as 'aws kinesis list-shards' prints them")
	command.Flags().StringVar(&f.file, "keys-file", "", "a CSV of key,weight (and perhaps explicit_hash_key)")
	command.Flags().StringVar(&f.rate, "rate", "", "records of all keys together, such as 9000/s; with --keys-file")
	command.Flags().StringVar(&f.size, "size", "1KiB", "data of a record, without its key; with --keys-file")
	command.Flags().StringVarP(&format, "output", "o", "text", "text or json")
	return command
}

// shardMap is the map that the flags ask for.
func shardMap(shards int, file string, both bool) (model.ShardMap, error) {
	switch {
	case file != "" && both:
		return model.ShardMap{}, bad("--shards and --shards-file exclude each other")
	case file != "":
		m, err := scenarios.ParseShards(file)
		if err != nil {
			return model.ShardMap{}, bad("%w", err)
		}
		return m, nil
	case shards < 1 || shards > model.MaxShards:
		return model.ShardMap{}, bad("--shards %d: 1 to %d", shards, model.MaxShards)
	}
	return model.EvenShards(shards), nil
}

// table prints the rows for people.
func (a *app) table(rows []hashed) error {
	t := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "KEY\tMD5\tHASH KEY\tSHARD")
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", r.Key, r.MD5, r.HashKey, r.Shard)
	}
	if err := t.Flush(); err != nil {
		return fault(err)
	}
	return nil
}
