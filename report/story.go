package report

import (
	"bytes"
	"fmt"
	"math"

	"kinesim/sim"
)

// Story is the life of one record in words.
type Story struct {
	Title string // "The story of record 3 of customer-1 (produced by checkout, 912 B)"
	Note  string // why there is none; then there are no steps
	Steps Table  // when, and what
}

// mostStory bounds what a damaged result can make of a report; sim tells fewer steps.
const mostStory = 200

// story puts the story of a record together; nil without one.
func (b *builder) story() *Story {
	s := b.r.Story
	if s == nil {
		return nil
	}
	story := &Story{Title: storyTitle(s), Steps: Table{Caption: "Step by step", Columns: columns("#at", "what happened")}}
	if b.r.Runs > 1 {
		story.Title += ", in run 1 of " + count(int64(b.r.Runs))
	}
	if s.Note != "" {
		story.Note = shownText(s.Note)
		return story
	}
	for _, step := range s.Steps[:min(len(s.Steps), mostStory)] {
		story.Steps.Rows = append(story.Steps.Rows, []string{stopwatch(step.AtS), shownText(step.Text)})
	}
	return story
}

// storyTitle says whose story it is.
func storyTitle(s *sim.Story) string {
	if s.Note != "" {
		return "The story of " + shown(s.Asked)
	}
	title := fmt.Sprintf("The story of record %s of %s (", count(s.Record), shown(s.Key))
	if s.Asked != "" && s.Asked[0] == '#' {
		title = fmt.Sprintf("The story of record %s of all (", count(s.Record))
		if s.Key != "" {
			title += "key " + shown(s.Key) + ", "
		}
	}
	return title + "produced by " + shown(s.Producer) + ", " + dataSize(float64(s.Bytes)) + " with its key)"
}

// stopwatch is an instant to the millisecond: 4.210s, 1m04.210s, 2h03m04.210s.
func stopwatch(seconds float64) string {
	if !(seconds >= 0 && seconds < 1e9) { // no run has it
		return number(seconds, digits) + "s"
	}
	ms := int64(math.Round(seconds * 1e3))
	h, m, s := ms/3_600_000, ms/60_000%60, float64(ms%60_000)/1e3
	switch {
	case h > 0:
		return fmt.Sprintf("%dh%02dm%06.3fs", h, m, s)
	case m > 0:
		return fmt.Sprintf("%dm%06.3fs", m, s)
	}
	return fmt.Sprintf("%.3fs", s)
}

// story is the story below a summary; it takes the lines that it needs.
func (p paint) story(s *Story) []string {
	if s == nil {
		return nil
	}
	lines := []string{"", p.bold(clipped(s.Title, textWidth))}
	if s.Note != "" {
		for _, line := range wrapText(s.Note, textWidth-2) {
			lines = append(lines, "  "+line)
		}
		return lines
	}
	width := 0
	for _, row := range s.Steps.Rows {
		width = max(width, len(row[0]))
	}
	for _, row := range s.Steps.Rows {
		at := padLeft(row[0], width)
		for _, line := range wrapText(row[1], textWidth-width-4) {
			lines = append(lines, "  "+p.dim(at)+"  "+line)
			at = padLeft("", width)
		}
	}
	return lines
}

// markdownStory is the story as a table, folded away.
func markdownStory(b *bytes.Buffer, s *Story, most int) {
	switch {
	case s == nil:
	case s.Note != "":
		fmt.Fprintf(b, "%s: %s\n\n", markdownText(s.Title), markdownText(s.Note))
	default:
		markdownDetails(b, s.Title, func() { markdownTable(b, capped(s.Steps, 2*most)) })
	}
}
