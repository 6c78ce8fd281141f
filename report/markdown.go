package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// mostMarkdown is what a comment on GitHub may have (65,536 characters), with
// room to spare.
const mostMarkdown = 60 << 10

// mostNumbers is how many lines a summary has on what happened: with hundreds of consumers
// they would leave no room for what went wrong.
const mostNumbers = 25

// writeMarkdown writes a summary for a pull request or a job page. It begins
// with a mark that nobody sees, by which a later run can find and replace it.
func writeMarkdown(w io.Writer, d *Document) error {
	// Names are cut to a length of their own, so only very many expectations
	// and causes can make a summary too long: then fewer of them.
	return writeFitting(w, 50, func(b *bytes.Buffer, most int) { markdownBody(b, d, most) })
}

// writeFitting writes a text with as many lines of each kind as fit into a comment, at most
// so many.
func writeFitting(w io.Writer, most int, body func(b *bytes.Buffer, most int)) error {
	for ; ; most /= 2 {
		var b bytes.Buffer
		body(&b, most)
		if b.Len() <= mostMarkdown || most <= 1 {
			_, err := w.Write(b.Bytes())
			return err
		}
	}
}

func markdownBody(b *bytes.Buffer, d *Document, most int) {
	fmt.Fprintf(b, "<!-- kinesim:%s -->\n", markName(d.Name))
	v := d.Verdict
	fmt.Fprintf(b, "### %s %s  %s\n\n%s\n\n", v.State.Symbol(), v.State.Word(), markdownText(d.Name), markdownText(v.Sentence))
	fmt.Fprintf(b, "%s\n", markdownText(d.Setting))
	if d.Replicated != "" {
		fmt.Fprintf(b, "%s\n", markdownText(d.Replicated))
	}
	b.WriteByte('\n')
	markdownExpectations(b, d, most)
	markdownTable(b, capped(numbersTable(d), min(most, mostNumbers)))
	if len(d.Sparks) > 0 {
		b.WriteString("```text\n")
		width := 0
		for _, s := range d.Sparks {
			width = max(width, len([]rune(s.Label)))
		}
		for _, s := range d.Sparks {
			fmt.Fprintf(b, "%s  %s  %s\n", padded(strings.ReplaceAll(s.Label, "`", "'"), width), s.Blocks, s.Range)
		}
		b.WriteString("```\n\n")
	}
	if len(d.Replication.Rows) > 0 {
		markdownDetails(b, d.Replicated, func() { markdownTable(b, capped(d.Replication, most)) })
	}
	if len(d.Comparison.Rows) > 0 {
		markdownTable(b, capped(d.Comparison, most))
	}
	if len(d.Changes) > 0 {
		markdownDetails(b, plural(int64(len(d.Changes)), "change")+" of the stream", func() { markdownTable(b, capped(d.Change, most)) })
	}
	if len(d.Alarmed) > 0 {
		markdownDetails(b, "Alarms: "+d.Alarmed[0], func() {
			markdownTable(b, capped(d.Alarms, most))
			markdownTable(b, capped(d.Troubles, most))
		})
	}
	for i, c := range d.Causes[:min(len(d.Causes), 3)] {
		markdownDetails(b, fmt.Sprintf("Cause %d: %s", i+1, c.Title), func() { markdownCause(b, c) })
	}
	if rest := len(d.Causes) - 3; rest > 0 {
		fmt.Fprintf(b, "… and %s\n\n", plural(int64(rest), "more cause"))
	}
	markdownStory(b, d.Story, most)
	for i, warning := range d.Warnings {
		if i == most {
			fmt.Fprintf(b, "- … and %d more warnings\n", len(d.Warnings)-most)
			break
		}
		fmt.Fprintf(b, "- ⚠ %s\n", markdownText(warning))
	}
	fmt.Fprintf(b, "\n%s a month", markdownText(d.Cost.PerMonth))
	if d.Assumed != "" {
		fmt.Fprintf(b, " · the verdict rests on %s", markdownText(d.Assumed))
	}
	b.WriteString("\n")
	if d.Reproduce != "" {
		fmt.Fprintf(b, "\n%s\n", codeBlock("sh", d.Reproduce))
	}
}

// markName keeps a name from ending the mark that it stands in.
var markName = strings.NewReplacer("--", "- -", "<", "&lt;", ">", "&gt;").Replace

func markdownCause(b *bytes.Buffer, c Cause) {
	fmt.Fprintf(b, "%s\n\n", markdownText(c.Text))
	if c.Remedy != "" {
		fmt.Fprintf(b, "%s\n\n", markdownText(c.Remedy))
	}
	if c.Try != "" {
		fmt.Fprintf(b, "%s\n", codeBlock("sh", c.Try))
	}
}

// markdownExpectations is the table of expectations, what went wrong first.
func markdownExpectations(b *bytes.Buffer, d *Document, most int) {
	if len(d.Expected) == 0 {
		return
	}
	t := Table{Columns: columns("", "expectation", "#measured", "wanted", "margin", "worst")}
	for _, e := range worstFirst(d.Expected) {
		margin := e.Margin
		if e.Runs != "" {
			margin = strings.TrimPrefix(margin+", "+e.Runs, ", ")
		}
		t.Rows = append(t.Rows, []string{e.State.Symbol() + " " + strings.ToLower(e.State.Word()), e.Text, e.Measured, e.Wanted, margin, e.Worst})
	}
	markdownTable(b, capped(t, most))
}

func numbersTable(d *Document) Table {
	t := Table{Columns: columns("", "numbers")}
	for _, f := range d.Numbers {
		t.Rows = append(t.Rows, []string{f.Label, f.Value})
	}
	return t
}

// capped cuts a table after so many rows and says how many are missing.
func capped(t Table, most int) Table {
	if rest := len(t.Rows) - most; rest > 0 {
		last := make([]string, len(t.Columns))
		last[min(1, len(last)-1)] = fmt.Sprintf("… and %d more", rest)
		t.Rows = append(t.Rows[:most:most], last)
	}
	return t
}

func markdownTable(b *bytes.Buffer, t Table) {
	if len(t.Rows) == 0 {
		return
	}
	line := func(cells []string) { fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | ")) }
	var heads, rules []string
	for _, c := range t.Columns {
		rule := "---"
		if c.Numeric {
			rule = "---:"
		}
		heads, rules = append(heads, markdownText(c.Name)), append(rules, rule)
	}
	line(heads)
	line(rules)
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = markdownText(cell)
		}
		line(cells)
	}
	b.WriteByte('\n')
}

func markdownDetails(b *bytes.Buffer, summary string, body func()) {
	fmt.Fprintf(b, "<details><summary>%s</summary>\n\n", markdownText(summary))
	body()
	b.WriteString("</details>\n\n")
}

// markdownText takes their meaning from the characters that Markdown, its
// tables and HTML know, and keeps a name from calling people or linking to
// places.
var markdownText = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`, "~", `\~`, "#", `\#`,
	"<", "&lt;", ">", "&gt;", "&", "&amp;", "@", "@<!-- -->", "://", ":<!-- -->//", "$", `\$`, "\n", " ", "\r", " ",
).Replace

// codeBlock fences a text with more backticks than it has itself.
func codeBlock(language, text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + language + "\n" + text + "\n" + fence + "\n"
}
