package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dustin/go-humanize"

	"kinesim/model"
	"kinesim/sim/workload"
)

// KeyFile are keys with their weights in a CSV file, one in each row: the key, its
// weight, and in a third column, if there is one, the hash key that routes it in
// place of its MD5. The weights need not add up to anything.
type KeyFile struct {
	Path string `json:"path" jsonschema:"required" eg:"keys.csv" doc:"CSV file with the columns key,weight and perhaps explicit_hash_key, with or without that header; relative to the scenario."`
}

const (
	// maxKeyFile is the largest file of keys that is read.
	maxKeyFile = 1 << 30
	// maxKeys is the most keys that a producer has.
	maxKeys = 10_000_000
	// maxWeight is the largest weight: the sum of so many is still a number.
	maxWeight = 1e300
)

func (k *KeyFile) keys(c *compiler) workload.Keys {
	f := c.data("key file", &k.Path, maxKeyFile)
	if f == nil {
		return workload.Unique{} // holds the place
	}
	t := newKeyTable(f)
	switch {
	case !f.rows(false, t.row):
		return workload.Unique{}
	case len(t.list) == 0:
		f.top("the key file has no keys")
		return workload.Unique{}
	}
	return t.list
}

// keyTable reads the rows of a file of keys.
type keyTable struct {
	*dataFile
	list workload.List
	seen map[string]struct{}
}

func newKeyTable(f *dataFile) *keyTable {
	lines := min(bytes.Count(f.source.text, []byte("\n"))+1, maxKeys)
	return &keyTable{dataFile: f, list: make(workload.List, 0, lines), seen: make(map[string]struct{}, lines)}
}

// keyColumns are the columns of a file of keys; the last may be missing.
var keyColumns = []string{"key", "weight", "explicit_hash_key"}

// headed tells whether the first row names the columns. Anything else is data,
// so that a mistake in the first row is not taken for a header.
func headed(cells []string) bool {
	if len(cells) < 2 || len(cells) > len(keyColumns) {
		return false
	}
	for i, cell := range cells {
		if !strings.EqualFold(strings.TrimSpace(cell), keyColumns[i]) {
			return false
		}
	}
	return true
}

// row reads one row.
func (t *keyTable) row(n int, cells []string) bool {
	switch {
	case n == 0 && headed(cells):
		return true
	case len(cells) < 2 || len(cells) > len(keyColumns):
		return t.cell(0, cells, fmt.Sprintf("the row has %s; the columns are key,weight and perhaps explicit_hash_key", count(len(cells), "column")))
	case len(t.list) == maxKeys:
		return t.cell(0, cells, fmt.Sprintf("the file has more than %s keys", humanize.Comma(maxKeys)))
	}
	key := workload.Key{Name: cells[0]}
	if fault := model.CheckKey(key.Name); fault != "" {
		if utf8.ValidString(key.Name) {
			fault += fmt.Sprintf("; this one has %d", width(key.Name))
		}
		return t.cell(0, cells, fault)
	}
	if _, twice := t.seen[key.Name]; twice {
		first := slices.IndexFunc(t.list, func(k workload.Key) bool { return k.Name == key.Name })
		return t.cell(0, cells, fmt.Sprintf("key %q stands twice in the file; it is also key number %d", shortened(key.Name), first+1))
	}
	weight, fault := weightOf(cells[1])
	if fault != "" {
		if n == 0 && !strings.ContainsAny(cells[1], "0123456789") {
			fault += "; a header would be key,weight or key,weight,explicit_hash_key"
		}
		return t.cell(1, cells, fault)
	}
	key.Weight = weight
	if explicit := strings.TrimSpace(strings.Join(cells[2:], "")); explicit != "" {
		hash, err := model.ParseHashKey(explicit)
		if err != nil {
			return t.cell(2, cells, err.Error())
		}
		key.Explicit = &hash
	}
	t.seen[key.Name] = struct{}{}
	t.list = append(t.list, key)
	return true
}

// weightOf reads a weight, or says what is wrong with it.
func weightOf(cell string) (weight float64, fault string) {
	text := strings.TrimSpace(cell)
	weight, err := strconv.ParseFloat(text, 64)
	switch {
	case text == "":
		return 0, "the weight is missing"
	case errors.Is(err, strconv.ErrRange) || weight > maxWeight:
		return 0, fmt.Sprintf("the weight %q is too large", shortened(text))
	case err != nil || math.IsNaN(weight):
		return 0, fmt.Sprintf("the weight %q is not a number", shortened(text))
	case weight <= 0:
		return 0, fmt.Sprintf("the weight %s is not above 0; leave the key out", shortened(text))
	}
	return weight, ""
}

// ReadKeys reads a file of keys with their weights, as keys: {file: …} names it.
// An error is Problems.
func ReadKeys(path string) ([]model.WeightedKey, error) {
	c := &compiler{checker: newChecker(&source{name: "--keys-file", dir: "."})} // the flag is to blame for a missing file
	file := KeyFile{Path: path}
	list, ok := file.keys(c).(workload.List)
	if c.problems.Errors() || !ok {
		return nil, c.problems
	}
	keys := make([]model.WeightedKey, len(list))
	for i, k := range list {
		keys[i] = model.WeightedKey{Name: k.Name, Weight: k.Weight, Hash: model.KeyHash(k.Name)}
		if k.Explicit != nil {
			keys[i].Hash = *k.Explicit
		}
	}
	return keys, nil
}

// ParseRate reads a rate of records such as 3500/s.
func ParseRate(text string) (model.Rate, error) {
	var r RecordRate
	err := r.parse(text)
	return model.Rate(r), err
}

// ParseSize reads a size such as 900B or 1KiB.
func ParseSize(text string) (model.Bytes, error) {
	var s Size
	err := s.parse(text)
	return model.Bytes(s), err
}
