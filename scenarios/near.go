package scenarios

import (
	"strings"

	"github.com/agext/levenshtein"
)

// SuggestName is the known name that was probably meant by got, or "" when none
// is near: at most a third of the letters may differ.
func SuggestName(got string, known []string) string {
	best, least := "", 1+max(1, min(3, width(got)/3))
	low := strings.ToLower(got)
	for _, name := range known {
		d := levenshtein.Distance(low, strings.ToLower(name), nil)
		if d == 2 && swapped(low, strings.ToLower(name)) {
			d = 1 // two letters in the wrong order are one slip of the fingers
		}
		if len(low) >= 4 && strings.HasPrefix(name, low+"_") {
			d = min(d, 1) // the beginning of a longer name: records for records_per_second
		}
		if len(name) >= 4 && strings.HasPrefix(low, name) {
			d = min(d, 1) // more than a name: warning for warn
		}
		if d < least && d < width(got) && name != got {
			best, least = name, d
		}
	}
	return best
}

// swapped tells whether two words differ by two neighbouring letters that change places.
func swapped(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// didYouMean is the hint for a name that is not known.
func didYouMean(got string, known []string) string {
	if name := SuggestName(got, known); name != "" {
		return "did you mean " + name + "?"
	}
	return ""
}
