package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"kinesim/sim/plan"
)

// writePlanMarkdown writes a plan for a pull request or a page, with a mark by which a later
// one finds and replaces it.
func writePlanMarkdown(w io.Writer, p *plan.Plan) error {
	return writeFitting(w, 100, func(b *bytes.Buffer, most int) { planMarkdown(b, p, most) })
}

// planMarkdown writes at most so many lines of the plan, and no text that brings it about
// that is far longer.
func planMarkdown(b *bytes.Buffer, p *plan.Plan, most int) {
	word := "✓ PLAN"
	if !p.Feasible {
		word = "✗ PLAN"
	}
	name := shown(p.Scenario.Name)
	fmt.Fprintf(b, "<!-- kinesim:plan %s -->\n### %s  %s\n\n%s\n\n", markName(name), word, markdownText(name), markdownText(planSentence(p)))
	t := Table{Columns: columns("", "plan")}
	for _, s := range planSections(p) {
		for i, l := range s.lines {
			title := s.title
			if i > 0 {
				title = ""
			}
			t.Rows = append(t.Rows, []string{title, clipped(l, 1000)})
		}
	}
	markdownTable(b, capped(t, most))
	const lineLength = 400 // the longest call, with the alarm that it makes
	for _, part := range []struct{ title, language, text string }{
		{"Commands", "sh", p.Commands}, {"Terraform", "hcl", p.Terraform}, {"CloudFormation", "yaml", p.CloudForm},
	} {
		if len(part.text) > most*lineLength {
			fmt.Fprintf(b, "%s: %s, too many for here; `kinesim plan` writes them into a folder with `-d`\n\n", part.title, plural(int64(strings.Count(part.text, "\n")), "line"))
			continue
		}
		markdownDetails(b, part.title, func() { b.WriteString(codeBlock(part.language, part.text)) })
	}
}
