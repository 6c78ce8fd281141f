package scenarios

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"kinesim/model"
)

// aliases give keys numbers for names. A number is as long as the name, in bytes,
// so that records stay as large as they were; what it stands for is lost. The hash
// key is kept, and it is the MD5 of the name: who can guess a name can check the
// guess.
type aliases struct {
	next  map[int]int // by length, the next number
	names map[string]string
}

func newAliases() *aliases { return &aliases{map[int]int{}, map[string]string{}} }

// digits are what numbers are written with.
const digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// of is the number of a key. rest is how many bytes the name was longer: a name
// may have 256 characters of several bytes, and a number has one for each.
func (a *aliases) of(name string) (alias string, rest int, err error) {
	length := min(len(name), model.MaxPartitionKey)
	if known, ok := a.names[name]; ok {
		return known, len(name) - length, nil
	}
	n := a.next[length]
	a.next[length]++
	text := make([]byte, length)
	for i := length - 1; i >= 0; i-- {
		text[i] = digits[n%len(digits)]
		n /= len(digits)
	}
	if n > 0 {
		return "", 0, fmt.Errorf("there are more keys of %s than numbers of that length; their names cannot be dropped without a change of sizes", count(length, "byte"))
	}
	a.names[name] = string(text)
	return string(text), len(name) - length, nil
}

// renamed are keys without their names. Keys in a list have no data of their own
// to keep what a name was longer, which only names beyond 256 bytes are.
func (d *draft) renamed(keys []weightedKey) []weightedKey {
	a := newAliases()
	out := make([]weightedKey, len(keys))
	for i, k := range keys {
		name, rest, err := a.of(k.name)
		if err != nil {
			d.refuse("%v", err)
			return keys[:1]
		}
		if rest > 0 {
			d.assume("key %s was %s longer than its number is", name, count(rest, "byte"))
		}
		out[i] = weightedKey{name, k.weight, k.hash}
	}
	return out
}

// merge writes the records of all files in the order of time, without the names of
// their keys if so wanted. Of equal times, the file that was named first goes first.
func (d *draft) merge(w io.Writer) (err error) {
	open, err := d.openAll()
	defer func() {
		for _, r := range open {
			err = errors.Join(err, r.Close())
		}
	}()
	if err != nil {
		return err
	}
	out := csv.NewWriter(w)
	header := traceColumns[:]
	if d.options.Anonymise || d.trace.explicit {
		header = append(header[:len(header):len(header)], explicitColumn)
	}
	err = out.Write(header)
	names := newAliases()
	for live := append([]*traceReader(nil), open...); len(live) > 0 && err == nil; {
		next := 0
		for i, r := range live {
			if r.row.at < live[next].row.at {
				next = i
			}
		}
		r := live[next]
		if err = d.writeRow(out, names, &r.row); err != nil {
			break
		}
		if err = r.advance(); errors.Is(err, io.EOF) {
			live, err = append(live[:next], live[next+1:]...), nil
		}
	}
	out.Flush()
	return errors.Join(err, out.Error())
}

// writeRow writes one record.
func (d *draft) writeRow(out *csv.Writer, names *aliases, row *traceRow) error {
	at := strconv.FormatFloat(float64(row.at)/1e9, 'f', -1, 64)
	if start, _ := d.trace.span(); !start.IsZero() || row.at > math.MaxInt64/2 {
		at = time.Unix(0, int64(row.at)).UTC().Format(time.RFC3339Nano)
	}
	key, size := string(row.key), row.bytes
	hash := ""
	if row.explicit != nil {
		hash = row.explicit.String()
	}
	if d.options.Anonymise {
		alias, rest, err := names.of(key)
		if err != nil {
			return err
		}
		if hash == "" {
			hash = model.KeyHash(key).String()
		}
		key, size = alias, size+int64(rest)
	}
	cells := []string{at, key, strconv.FormatInt(size, 10), hash}
	if !d.options.Anonymise && !d.trace.explicit {
		cells = cells[:3]
	}
	return out.Write(cells)
}
