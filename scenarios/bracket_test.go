package scenarios

import "testing"

// TestOpenBracket: the innermost bracket that is never closed, and nothing that is text.
func TestOpenBracket(t *testing.T) {
	for text, want := range map[string][2]int{
		"a: {b: 1\nc: 2\n": {1, 4}, "a: {b: [1, 2}\n": {0, 0}, "a: [1,\n  {b: 2},\n  {c: [3]\n": {3, 3}, "- [\n": {1, 3}, "a: {b: 1}\nc: [1]\n": {0, 0},
		"a: b [c\n": {0, 0}, "a: '[ {'\n": {0, 0}, "a: \"{\"\n# {\nb: 1 # [\n": {0, 0}, "a: {b: '}'\n": {1, 4}, "a: it's {x\n": {0, 0}, "a: 5}\n": {0, 0}, "[": {1, 1},
		"a: {b: \"x, y: [\" }\n": {0, 0}, "é: {\n": {1, 4},
	} {
		if line, column := openBracket(text); line != want[0] || column != want[1] {
			t.Errorf("%q: %d:%d, want %v", text, line, column, want)
		}
	}
}
