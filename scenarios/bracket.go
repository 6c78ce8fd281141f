package scenarios

import "strings"

// openBracket is the line and column, from 1, of the innermost bracket of a YAML text that
// is never closed; 0 if all are. Parsers tell of it where they stumble, which is a line
// later or at the end. A bracket opens something where a value begins, and within other
// brackets; elsewhere, in quotes and in comments it is text.
func openBracket(text string) (line, column int) {
	type place struct {
		line, column int
		closed       rune
	}
	var open []place
	closing := map[rune]rune{'{': '}', '[': ']'}
	for n, row := range strings.Split(text, "\n") {
		quote, before := rune(0), rune(':') // before: the last character that is no space; a line begins a value
		blank := true                       // just before
		for i, c := range []rune(row) {
			switch {
			case quote != 0:
				if c == quote {
					quote = 0
				}
			case c == '#' && blank:
				before = '#'
			case before == '#':
				continue
			case (c == '"' || c == '\'') && strings.ContainsRune(":-,{[", before):
				quote = c
			case (c == '{' || c == '[') && (len(open) > 0 || strings.ContainsRune(":-", before) && blank):
				open = append(open, place{n + 1, i + 1, closing[c]})
			case (c == '}' || c == ']') && len(open) > 0:
				if open[len(open)-1].closed != c {
					return 0, 0 // one too many of the other kind, which the parser tells better
				}
				open = open[:len(open)-1]
			}
			if blank = c == ' ' || c == '\t'; !blank && before != '#' {
				before = c
			}
		}
	}
	if len(open) == 0 {
		return 0, 0
	}
	last := open[len(open)-1]
	return last.line, last.column
}
