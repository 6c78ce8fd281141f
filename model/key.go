package model

import (
	"fmt"
	"unicode/utf8"
)

// CheckKey says what is wrong with a partition key, or nothing.
func CheckKey(name string) string {
	switch n := utf8.RuneCountInString(name); {
	case !utf8.ValidString(name):
		return "a partition key is UTF-8 text"
	case n < 1 || n > MaxPartitionKey:
		return fmt.Sprintf("a partition key has 1 to %d characters", MaxPartitionKey)
	}
	return ""
}
