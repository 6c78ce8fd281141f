package main

import "testing"

// TestCommentOf: the former comment is found whatever a forge did to it, and whatever
// stands around it.
func TestCommentOf(t *testing.T) {
	const text = "<!-- kinesim:a -->\n### PASS\n\nall well\n"
	for name, c := range map[string]struct {
		file string
		same bool
	}{
		"as it was":            {text, true},
		"ends of lines, space": {"\r\n<!-- kinesim:a -->\r\n### PASS\r\n\r\nall well\r\n\r\n", true},
		"others around it":     {"hello\n<!-- kinesim:b -->\nx\n" + text + "\n<!-- kinesim:c -->\ny", true},
		"an older one before":  {"<!-- kinesim:a -->\n### FAIL\n" + text, true},
		"a newer one behind":   {text + "<!-- kinesim:a -->\n### FAIL\n", false},
		"another":              {"<!-- kinesim:b -->\n### PASS\n\nall well\n", false},
		"nothing":              {"", false},
	} {
		if same := commentOf(c.file, text) == plainText(text); same != c.same {
			t.Errorf("%s: the same is %v, want %v", name, same, c.same)
		}
	}
}
