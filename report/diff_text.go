package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// diffText writes a comparison for a terminal: the verdict, the rules, then the
// measures that changed, those that may be noise, and how many are equal.
func diffText(w io.Writer, d *DiffDocument, color bool) error {
	p := paint(color)
	word := d.State.Symbol() + " " + d.Word
	margin := utf8.RuneCountInString(word) + 2
	head := hangingAt(d.Name+": "+d.Sentence, margin)
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\n", p.state(d.State, word), p.bold(strings.TrimLeft(head, " ")))
	fmt.Fprintln(&b, p.dim(hangingAt(d.Setting, margin)))
	label := func(title string, i int) string {
		if i > 0 {
			title = ""
		}
		return p.dim(padded(title, 13))
	}
	for i, r := range d.Rules {
		lines := hanging("", r.Rule+": "+r.Text)
		fmt.Fprintf(&b, "%s%s %s\n", label("rules", i), p.state(r.State, r.State.Symbol()), strings.Join(lines, "\n"+strings.Repeat(" ", 15)))
	}
	for i, t := range d.Turned {
		fmt.Fprintf(&b, "%s%s %s\n", label("expectations", i), p.state(t.State, t.State.Symbol()), t.Text)
	}
	p.diffTable(&b, append(d.Changes[:len(d.Changes):len(d.Changes)], d.Noise...))
	if n := len(d.Unchanged); n > 0 {
		fmt.Fprintf(&b, "%s%s %s\n", label("equal", 0), plural(int64(n), "measure"), p.dim("the same in every run"))
	}
	for i, note := range d.Notes {
		fmt.Fprintf(&b, "%s%s\n", label("not compared", i), clipped(note, textWidth-13))
	}
	for i, warning := range d.Warnings {
		fmt.Fprintf(&b, "%s%s %s\n", label("warnings", i), p.state(Warned, "!"), warning)
	}
	if d.Reproduce != "" {
		fmt.Fprintf(&b, "%s%s\n", label("reproduce", 0), d.Reproduce)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// hangingAt wraps a text behind a margin.
func hangingAt(text string, margin int) string {
	lines := wrapText(text, textWidth-margin)
	return strings.Repeat(" ", margin) + strings.Join(lines, "\n"+strings.Repeat(" ", margin))
}

// diffTable lays the rows out in columns.
func (p paint) diffTable(b *strings.Builder, rows []DiffRow) {
	if len(rows) == 0 {
		return
	}
	cells := [][]string{{"", "measure", "base", "head", "change", "95 % interval", "p", "n"}}
	for _, r := range rows {
		cells = append(cells, []string{r.Verdict, r.Measure, r.Base, r.Head, r.Change, r.Interval, r.P, r.N})
	}
	width := make([]int, len(cells[0]))
	for c := range width {
		for _, row := range cells[1:] {
			width[c] = max(width[c], utf8.RuneCountInString(row[c]))
		}
		if width[c] > 0 {
			width[c] = max(width[c], utf8.RuneCountInString(cells[0][c]))
		}
	}
	for i, row := range cells {
		var line []string
		for c, cell := range row {
			switch {
			case width[c] == 0: // nothing to say in this column, such as intervals of single runs
			case c <= 1:
				line = append(line, padded(cell, width[c]))
			default:
				line = append(line, padLeft(cell, width[c]))
			}
		}
		text := strings.TrimRight(strings.Join(line, "  "), " ")
		switch state, ok := rowState[row[0]]; {
		case i == 0:
			text = p.dim(text)
		case ok:
			text = p.state(state, row[0]) + strings.TrimPrefix(text, row[0])
		}
		b.WriteString(text + "\n")
	}
}

var rowState = map[string]State{"worse": Failed, "better": Passed, "changed": Done}

// diffMarkdown writes a comparison for a comment, with a mark of its own.
func diffMarkdown(w io.Writer, d *DiffDocument) error {
	return writeFitting(w, 100, d.markdown)
}

func (d *DiffDocument) markdown(b *bytes.Buffer, most int) {
	fmt.Fprintf(b, "<!-- kinesim:diff %s -->\n", markName(d.Name))
	fmt.Fprintf(b, "### %s %s  %s\n\n%s\n\n%s\n\n", d.State.Symbol(), d.Word, markdownText(d.Name), markdownText(d.Sentence), markdownText(d.Setting))
	rules := d.rulesTable()
	rules.Columns[0].Name = ""
	markdownTable(b, capped(rules, most))
	for i, t := range d.Turned {
		if i == most {
			fmt.Fprintf(b, "- … and %d more\n", len(d.Turned)-most)
			break
		}
		fmt.Fprintf(b, "- %s %s\n", t.State.Symbol(), markdownText(t.Text))
	}
	if len(d.Turned) > 0 {
		b.WriteByte('\n')
	}
	markdownTable(b, capped(diffRows(d.Changes), most))
	if n := len(d.Noise); n > 0 {
		markdownDetails(b, plural(int64(n), "measure")+" that cannot be told from noise", func() { markdownTable(b, capped(diffRows(d.Noise), most)) })
	}
	if n := len(d.Unchanged); n > 0 {
		fmt.Fprintf(b, "%s the same in every run\n\n", plural(int64(n), "measure"))
	}
	for _, note := range d.Notes {
		fmt.Fprintf(b, "- %s\n", markdownText(clipped(note, 60*max(1, most))))
	}
	for i, warning := range d.Warnings {
		if i == most {
			fmt.Fprintf(b, "- … and %s\n", plural(int64(len(d.Warnings)-most), "more warning"))
			break
		}
		fmt.Fprintf(b, "- ⚠ %s\n", markdownText(warning))
	}
	if d.Reproduce != "" {
		fmt.Fprintf(b, "\n%s\n", codeBlock("sh", d.Reproduce))
	}
}

// rulesTable is what became of the rules, the worst first.
func (d *DiffDocument) rulesTable() Table {
	t := Table{Columns: columns("outcome", "rule", "what it found")}
	for _, state := range []State{Failed, Warned, Passed} {
		for _, r := range d.Rules {
			if r.State == state {
				t.Rows = append(t.Rows, []string{r.State.Symbol() + " " + strings.ToLower(r.State.Word()), r.Rule, r.Text})
			}
		}
	}
	return t
}

func diffRows(rows []DiffRow) Table {
	t := Table{Columns: columns("", "measure", "#base", "#head", "#change", "#95 % interval", "#p", "#n")}
	for _, r := range rows {
		t.Rows = append(t.Rows, []string{r.Verdict, r.Measure, r.Base, r.Head, r.Change, r.Interval, r.P, r.N})
	}
	return t
}
