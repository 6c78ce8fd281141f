package main

import (
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/pflag"
)

// comment is the one that an earlier run left at a pull request, if there is one.
type comment struct{ file string }

func (c *comment) add(flags *pflag.FlagSet) {
	flags.StringVar(&c.file, "skip-unchanged", "", "with -o markdown: print nothing if `FILE`, the former comment, says the same; and no first comment on a diff without any change")
}

// check refuses a former comment where none is written.
func (c *comment) check(format string) error {
	if c.file != "" && format != "markdown" {
		return bad("--skip-unchanged is for -o markdown")
	}
	return nil
}

// emit writes to standard output, unless it is a comment that says nothing new. still
// tells that there is nothing to say to somebody who has not been told anything yet.
func (a *app) emit(text []byte, format string, c *comment, still bool) error {
	if c.file != "" {
		former, err := os.ReadFile(c.file)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return bad("%w", err)
		}
		was := commentOf(string(former), string(text))
		if was == plainText(string(text)) || was == "" && still {
			a.note("unchanged: nothing to add to %s", c.file)
			return nil
		}
	}
	return a.print(text)
}

// commentOf is what a file has of the comment with the mark of text: from the last such
// mark on, as the file may hold several comments.
func commentOf(file, text string) string {
	file, text = plainText(file), plainText(text)
	mark, _, _ := strings.Cut(text, "\n")
	at := strings.LastIndex(file, mark)
	if at < 0 {
		return ""
	}
	rest := file[at:]
	if next := strings.Index(rest[len(mark):], "\n<!-- kinesim:"); next >= 0 {
		rest = rest[:len(mark)+next]
	}
	return strings.TrimSpace(rest)
}

// plainText is a text without what forges change in it: ends of lines, and space around.
func plainText(text string) string {
	return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
}
