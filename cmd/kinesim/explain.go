package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"kinesim/report"
	"kinesim/scenarios"
	"kinesim/sim"
)

func (a *app) explainCommand() *cobra.Command {
	var format string
	command := &cobra.Command{
		Use:   "explain [NAME]",
		Short: "Say what a field, a metric, a limit, an error code or an idea of Kinesis is",
		Example: `  kinesim explain provisioned          an idea, and what people get wrong about it
  kinesim explain stream.shards        a field of the scenario file
  kinesim explain iterator_age         a metric
  kinesim explain reshard_operation    a limit or an assumption, with its source
  kinesim explain KS203                an error code
  kinesim explain                      the names of all ideas`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, arguments []string) error {
			if err := oneOf("output format", format, "text", "json"); err != nil {
				return err
			}
			if len(arguments) == 0 {
				return a.listTopics(format)
			}
			name := strings.Join(arguments, " ") // so that ideas of two words need no quotes
			found, near := scenarios.Explain(name)
			switch {
			case len(found) == 0 && near != "":
				return bad("nothing is known of %s; did you mean %s?", name, near)
			case len(found) == 0 && isScenario(name):
				return bad("%s is a scenario of the library: 'kinesim show %s' prints it", name, name)
			case len(found) == 0:
				return bad("nothing is known of %s; 'kinesim explain' lists the ideas", name)
			case format == "json":
				return a.writeJSON(found)
			}
			return a.print([]byte(explained(found)))
		},
	}
	command.Flags().StringVarP(&format, "output", "o", "text", "text or json")
	return command
}

// isScenario tells whether a name is that of a scenario of the library.
func isScenario(name string) bool {
	_, ok := scenarios.Source(name)
	return ok
}

// listTopics lists the ideas, and all other topics for programs.
func (a *app) listTopics(format string) error {
	topics := scenarios.Topics()
	if format == "json" {
		return a.writeJSON(topics)
	}
	var b strings.Builder
	b.WriteString("Ideas:\n")
	n := map[string]int{}
	for _, t := range topics {
		if n[t.Kind]++; t.Kind == "idea" {
			first, _, _ := strings.Cut(t.Text, ". ")
			fmt.Fprintf(&b, "  %-20s %s\n", t.Name, clip(first, 96))
		}
	}
	fmt.Fprintf(&b, "\nand by their names %d fields, %d metrics, %d limits and %d error codes\n", n["field"], n["metric"], n["limit"], n["problem"])
	return a.print([]byte(b.String()))
}

// explained is the text of topics; of many fields that share a name, a line each.
func explained(topics []scenarios.Topic) string {
	var b strings.Builder
	if len(topics) > 3 {
		for _, t := range topics {
			fmt.Fprintf(&b, "%s\n%s", t.Name, indent(t.Text, "  "))
		}
		return b.String()
	}
	for i, t := range topics {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s (%s)\n\n%s", t.Name, t.Kind, indent(t.Text, "  "))
		if len(t.Facts) > 0 {
			b.WriteString("\n")
			for _, f := range t.Facts {
				b.WriteString("  - " + strings.TrimLeft(indent(f, "    "), " "))
			}
		}
		if t.Not != "" {
			b.WriteString("\n  Often got wrong:\n" + indent(t.Not, "  "))
		}
		if len(t.See) > 0 {
			b.WriteString("\n  To see it: kinesim run " + strings.Join(t.See, ", ") + "\n")
		}
		if len(t.Related) > 0 {
			b.WriteString("  Related: " + strings.Join(t.Related, ", ") + "\n")
		}
	}
	return b.String()
}

// indent wraps a text to 90 columns behind a margin.
func indent(text, margin string) string {
	const width = 90
	var b strings.Builder
	line := margin
	for _, word := range strings.Fields(text) {
		if len([]rune(line+word)) > width && strings.TrimSpace(line) != "" {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			line = margin
		}
		line += word + " "
	}
	b.WriteString(strings.TrimRight(line, " ") + "\n")
	return b.String()
}

// clip cuts a text that is longer than a line.
func clip(text string, width int) string {
	runes := []rune(strings.TrimSuffix(text, "."))
	if len(runes) <= width {
		return string(runes)
	}
	return string(runes[:width-1]) + "…"
}

// explainedDocument is the report of a result with the words that it uses.
func explainedDocument(r *sim.Result) *report.Document {
	d := report.Build(r)
	d.Words = wordsOf(scenarios.Glossary(r))
	return d
}

// wordsOf are topics as a page shows them.
func wordsOf(topics []scenarios.Topic) (words []report.Word) {
	for _, t := range topics {
		words = append(words, report.Word{Name: t.Name, Text: t.Text, Facts: t.Facts, Not: t.Not})
	}
	return words
}
