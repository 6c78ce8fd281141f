package report

import (
	"strconv"
	"strings"
	"unicode"
)

// longestName is how much of a name a report shows; a partition key may have
// 256 characters, a bad one says the same thing again and again.
const longestName = 64

// shown makes a name from a scenario fit for one line of a report: what would
// break the line, hide or turn the text around appears as an escape, and the
// middle of a long one is left out. Escaping for a format comes later.
func shown(name string) string {
	var b strings.Builder
	for _, r := range name {
		if r == ' ' || unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		q := strconv.QuoteRuneToASCII(r)
		b.WriteString(q[1 : len(q)-1])
	}
	runes := []rune(b.String())
	if len(runes) > longestName {
		return string(runes[:longestName-17]) + "…" + string(runes[len(runes)-16:])
	}
	return string(runes)
}

// shownText is shown for sentences, which keep their length.
func shownText(s string) string {
	words := strings.Fields(s) // newlines become spaces
	for i, w := range words {
		var b strings.Builder
		for _, r := range w {
			if unicode.IsPrint(r) {
				b.WriteRune(r)
				continue
			}
			q := strconv.QuoteRuneToASCII(r)
			b.WriteString(q[1 : len(q)-1])
		}
		words[i] = b.String()
	}
	return strings.Join(words, " ")
}

// shownWhere is "consumer lake" with the name made fit to be shown.
func shownWhere(where string) string {
	kind, name, found := strings.Cut(where, " ")
	if !found {
		return shown(where)
	}
	return kind + " " + shown(name)
}

// shardNumber is the number in a shard's id, for axes and tables where the
// whole id would not fit: "5" of shardId-000000000005. A row of several shards
// keeps both ends.
func shardNumber(id string) string {
	if first, last, several := strings.Cut(id, " … "); several {
		return shardNumber(first) + "–" + shardNumber(last)
	}
	n := strings.TrimLeft(strings.TrimPrefix(id, "shardId-"), "0")
	if n == "" {
		return "0"
	}
	return shown(n)
}
