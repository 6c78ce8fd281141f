package scenarios

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"kinesim/model"
)

// maxListing is the largest listing of shards that is read: some 500 bytes for
// each of 10,000 open shards, and as many closed ones.
const maxListing = 64 << 20

// listing is what 'aws kinesis list-shards' prints, as far as it matters here.
type listing struct {
	Shards    []listedShard
	NextToken string
}

type listedShard struct {
	ShardID             string `json:"ShardId"`
	ParentShardID       string `json:"ParentShardId"`
	AdjacentParentID    string `json:"AdjacentParentShardId"`
	HashKeyRange        struct{ StartingHashKey, EndingHashKey string }
	SequenceNumberRange struct{ EndingSequenceNumber string }
}

// ParseShards reads the open shards from a file with what 'aws kinesis
// list-shards' printed. Open are those without an ending sequence number.
func ParseShards(path string) (model.ShardMap, error) {
	text, err := readData(opened(path), maxListing)
	if err != nil {
		return model.ShardMap{}, fmt.Errorf("%s: %w", path, err)
	}
	m, err := shardsOf(text)
	if err != nil {
		return model.ShardMap{}, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// readData reads a whole file that a scenario or a flag names.
func readData(open func() (fs.File, error), most int64) ([]byte, error) {
	f, err := open()
	if err != nil {
		return nil, errors.New(plainError(err))
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most+1)) // the size of a device or a pipe is not known before
	switch {
	case err != nil:
		return nil, errors.New(plainError(err))
	case int64(len(text)) > most:
		return nil, fmt.Errorf("holds more than %d bytes", most)
	}
	return text, nil
}

// opened opens a file of the system.
func opened(path string) func() (fs.File, error) {
	return func() (fs.File, error) { return os.Open(path) }
}

func shardsOf(text []byte) (model.ShardMap, error) {
	var l listing
	if err := json.Unmarshal(text, &l); err != nil {
		return model.ShardMap{}, fmt.Errorf("not the JSON that 'aws kinesis list-shards' prints: %w", err)
	}
	switch {
	case l.Shards == nil:
		return model.ShardMap{}, errors.New("no Shards; expected what 'aws kinesis list-shards' prints")
	case l.NextToken != "":
		return model.ShardMap{}, errors.New("the listing is not complete: it has a NextToken")
	}
	var open []model.Shard
	seen := map[model.ShardID]bool{}
	for i, s := range l.Shards {
		if s.SequenceNumberRange.EndingSequenceNumber != "" {
			continue
		}
		shard, err := s.shard()
		if err != nil {
			return model.ShardMap{}, fmt.Errorf("shard %d of the listing: %w", i+1, err)
		}
		if seen[shard.ID] {
			return model.ShardMap{}, fmt.Errorf("%s stands twice in the listing", shard.ID)
		}
		seen[shard.ID] = true
		open = append(open, shard)
	}
	return model.NewShardMap(open)
}

// shard is a listed shard in the words of the model.
func (s listedShard) shard() (model.Shard, error) {
	shard := model.Shard{Parent: model.NoShard, AdjacentParent: model.NoShard}
	for _, id := range []struct {
		text string
		to   *model.ShardID
	}{{s.ShardID, &shard.ID}, {s.ParentShardID, &shard.Parent}, {s.AdjacentParentID, &shard.AdjacentParent}} {
		if id.text == "" && id.to != &shard.ID {
			continue
		}
		n, err := model.ParseShardID(id.text)
		if err != nil {
			return shard, err
		}
		*id.to = n
	}
	for _, end := range []struct {
		text string
		to   *model.HashKey
	}{{s.HashKeyRange.StartingHashKey, &shard.Range.Start}, {s.HashKeyRange.EndingHashKey, &shard.Range.End}} {
		h, err := model.ParseHashKey(end.text)
		if err != nil {
			return shard, err
		}
		*end.to = h
	}
	return shard, nil
}
