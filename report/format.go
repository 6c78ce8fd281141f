package report

import (
	"fmt"
	"io"
	"strings"
)

// Format is one way to write a document.
type Format struct {
	Name      string
	Extension string // of a file in this format, with the dot
	Help      string // one line, for the help of a command
	Write     func(w io.Writer, d *Document) error
}

// Formats lists the formats in the order in which help shows them.
func Formats() []Format {
	return []Format{
		{"text", ".txt", "a summary for the terminal, verdict first", writePlainText},
		{"json", ".json", "the whole result, " + resultFormat, writeJSON},
		{"markdown", ".md", "a summary for a pull request or a job page", writeMarkdown},
		{"junit", ".xml", "a test suite, one test case per expectation", writeJUnit},
		{"github", ".txt", "annotations for GitHub Actions", writeGitHub},
		{"csv", ".csv", "the series, one row per bin", writeCSV},
		{"openmetrics", ".txt", "the series with times for Prometheus, under CloudWatch's names and as they were", writeOpenMetrics},
		{"events", ".jsonl", "what happened, one JSON object a line", writeEvents},
	}
}

// Write writes d in the format of that name.
func Write(w io.Writer, format string, d *Document) error {
	for _, f := range Formats() {
		if f.Name == format {
			return f.Write(w, d)
		}
	}
	var names []string
	for _, f := range Formats() {
		names = append(names, f.Name)
	}
	return fmt.Errorf("no format %q; there are %s", format, strings.Join(names, ", "))
}

func writePlainText(w io.Writer, d *Document) error { return WriteText(w, d, false) }
