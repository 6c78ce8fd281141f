package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// The summary for a terminal is for someone tired: the answer first, then what
// it rests on, and never more than one screen. A story of a record comes below it.
const (
	textLines = 25
	textWidth = 120
)

// WriteText writes the summary for a terminal, with colours if wanted; whatever
// colour says, a word or a sign says as well.
func WriteText(w io.Writer, d *Document, color bool) error {
	p := paint(color)
	head := p.verdict(d)
	head = append(head, p.dim("        "+clipped(d.Setting, textWidth-8)))
	if d.Replicated != "" {
		head = append(head, p.dim("        "+clipped(d.Replicated, textWidth-8)))
	}
	foot := p.foot(d)
	sections := []section{
		{title: "expectations", items: p.expectations(d), least: 3},
		{title: "all runs", items: p.runs(d), least: 2},
		{title: "compared", items: rows(d.Compared), least: 4},
		{title: "alarms", items: lines(d.Alarmed), least: 3},
		{title: "numbers", items: p.facts(d), least: 2},
		{title: "changes", items: lines(d.Changes), least: 2},
		{title: "causes", items: p.causes(d), least: 1},
		{title: "warnings", items: p.warnings(d), least: 1},
	}
	share(sections, textLines-len(head)-len(foot))
	lines := head
	for _, s := range sections {
		lines = append(lines, s.lines(p)...)
	}
	lines = append(append(lines, foot...), p.story(d.Story)...)
	_, err := io.WriteString(w, strings.Join(lines, "\n")+"\n")
	return err
}

// section is a group of lines that may be cut short. Its title stands left of
// its first line.
type section struct {
	title string
	items [][]string // an item is one line or more, the most telling first
	least int        // items that it gets before others get more
	keep  int
}

// height is the number of lines of the first n items, with one that says how
// many more there are.
func (s *section) height(n int) int {
	lines := 0
	for _, item := range s.items[:n] {
		lines += len(item)
	}
	if n < len(s.items) {
		lines++
	}
	return lines
}

// share gives the sections as many items as fit into so many lines: first to
// each its least, in order, then the rest in order.
func share(sections []section, lines int) {
	used := func() int {
		n := 0
		for i := range sections {
			n += sections[i].height(sections[i].keep)
		}
		return n
	}
	grow := func(s *section, to int) {
		for s.keep < to {
			s.keep++
			if used() > lines {
				s.keep--
				return
			}
		}
	}
	for i := range sections {
		s := &sections[i]
		grow(s, min(s.least, len(s.items)))
	}
	for i := range sections {
		s := &sections[i]
		// The last item may take the place of the line that counts the rest.
		for s.keep < len(s.items) {
			was := s.keep
			if grow(s, was+1); s.keep == was {
				break
			}
		}
	}
}

func (s *section) lines(p paint) []string {
	var lines []string
	for _, item := range s.items[:s.keep] {
		lines = append(lines, item...)
	}
	if rest := len(s.items) - s.keep; rest > 0 {
		lines = append(lines, p.dim(fmt.Sprintf("… and %d more", rest)))
	}
	for i := range lines {
		label := ""
		if i == 0 {
			label = s.title
		}
		lines[i] = p.dim(padded(label, 13)) + lines[i]
	}
	return lines
}

// paint adds colour, or leaves the text as it is.
type paint bool

func (p paint) wrap(code, text string) string {
	if !p || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p paint) dim(text string) string  { return p.wrap("2", text) }
func (p paint) bold(text string) string { return p.wrap("1", text) }

// state colours a text by how something came out.
func (p paint) state(s State, text string) string {
	code := map[State]string{Passed: "32", Failed: "31", Warned: "33", Done: "36"}[s]
	return p.wrap("1;"+code, text)
}

func (p paint) verdict(d *Document) []string {
	v := d.Verdict
	sentence := v.Sentence
	if d.Name != "" {
		sentence = d.Name + ": " + sentence
	}
	lines := wrapText(sentence, textWidth-8)
	for i := range lines {
		lines[i] = "        " + p.bold(lines[i])
	}
	word := v.State.Symbol() + " " + v.State.Word()
	lines[0] = p.state(v.State, word) + strings.TrimPrefix(lines[0], strings.Repeat(" ", utf8.RuneCountInString(word)))
	return lines
}

// expectations are one line each, what went wrong first, in columns.
func (p paint) expectations(d *Document) [][]string {
	text, measured := 0, 0
	for _, e := range d.Expected {
		text = max(text, utf8.RuneCountInString(e.Text))
		measured = max(measured, utf8.RuneCountInString(e.Measured))
	}
	text = min(text, 40) // a longer one puts its own line out of step, and no other
	var items [][]string
	for _, e := range worstFirst(d.Expected) {
		rest := ", wanted " + e.Wanted
		for _, note := range []string{e.Margin, e.Runs, e.Worst} {
			if note != "" {
				rest += " · " + note
			}
		}
		line := padded(e.Text, text) + "  " + padLeft(e.Measured, measured) + rest
		if utf8.RuneCountInString(line) > textWidth-15 { // rather out of step than cut off
			line = e.Text + "  " + e.Measured + rest
		}
		lines := []string{line}
		if utf8.RuneCountInString(line) > textWidth-15 {
			lines = hanging("", line)
		}
		lines[0] = p.state(e.State, e.State.Symbol()) + " " + lines[0]
		items = append(items, lines)
	}
	return items
}

// runs are the intervals of several runs.
func (p paint) runs(d *Document) [][]string {
	var items [][]string
	for _, row := range d.Replication.Rows {
		line := padded(row[0], 40) + "  mean " + row[1] + ", 95 % interval " + row[2]
		if met := row[5]; met != "" {
			line += ", met in " + met + " of runs"
		}
		items = append(items, []string{clipped(line, textWidth-13)})
	}
	return items
}

func (p paint) facts(d *Document) [][]string {
	width := 0
	for _, f := range d.Numbers {
		width = max(width, min(20, utf8.RuneCountInString(f.Label)))
	}
	var items [][]string
	for _, f := range d.Numbers {
		lines := wrapText(f.Value, textWidth-15-width)
		for i := range lines {
			label := ""
			if i == 0 {
				label = clipped(f.Label, width)
			}
			lines[i] = padded(label, width) + "  " + lines[i]
		}
		items = append(items, lines)
	}
	return items
}

// rows are items of a line each, with columns that stay.
func rows(texts []string) [][]string {
	var items [][]string
	for _, t := range texts {
		items = append(items, []string{clipped(t, textWidth-13)})
	}
	return items
}

// lines are items of a line each, or of more where that is too long.
func lines(texts []string) [][]string {
	var items [][]string
	for _, t := range texts {
		item := []string{t}
		if utf8.RuneCountInString(t) > textWidth-13 {
			item = hanging("", t)
		}
		items = append(items, item)
	}
	return items
}

func (p paint) causes(d *Document) [][]string {
	var items [][]string
	for _, c := range d.Causes {
		item := hanging("", c.Title+": "+c.Text)
		if c.Remedy != "" {
			item = append(item, hanging("→ ", c.Remedy)...)
		}
		items = append(items, item)
	}
	return items
}

func (p paint) warnings(d *Document) [][]string {
	var items [][]string
	for _, w := range d.Warnings {
		items = append(items, []string{p.state(Warned, "!") + " " + clipped(w, textWidth-15)})
	}
	return items
}

// hanging wraps a text beside the titles of sections; what follows its first
// line is indented.
func hanging(sign, text string) []string {
	lines := wrapText(text, textWidth-15)
	for i := range lines {
		if i > 0 {
			lines[i] = "  " + lines[i]
		} else {
			lines[i] = sign + lines[i]
		}
	}
	return lines
}

// foot is what a summary always ends with.
func (p paint) foot(d *Document) []string {
	lines := []string{p.dim(padded("cost", 13)) + d.Cost.PerMonth + " a month"}
	if d.Assumed != "" {
		lines = append(lines, p.dim(padded("assumptions", 13))+clipped(d.Assumed, textWidth-13))
	}
	if d.Reproduce != "" {
		lines = append(lines, p.dim(padded("reproduce", 13))+d.Reproduce)
	}
	return lines
}

// padded fills text with spaces on the right.
func padded(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
}

func padLeft(text string, width int) string {
	return strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text))) + text
}

// clipped cuts text that is wider than the line.
func clipped(text string, width int) string {
	runes := []rune(text)
	if len(runes) <= width {
		return text
	}
	return strings.TrimRight(string(runes[:max(0, width-1)]), " ") + "…"
}

// wrapText breaks text into lines of at most width characters, at most four.
func wrapText(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		longer := strings.TrimSpace(line + " " + word)
		if line != "" && utf8.RuneCountInString(longer) > width {
			lines, longer = append(lines, line), word
		}
		line = longer
	}
	lines = append(lines, line)
	if len(lines) > 4 {
		lines = append(lines[:3], clipped(strings.Join(lines[3:], " "), width))
	}
	for i := range lines {
		lines[i] = clipped(lines[i], width)
	}
	return lines
}
