package report

import (
	"bytes"
	"io"

	"kinesim/sim/plan"
)

// writePlanMarkdown writes a plan for a pull request or a page.
func writePlanMarkdown(w io.Writer, p *plan.Plan) error {
	var b bytes.Buffer
	word := "✓ PLAN"
	if !p.Feasible {
		word = "✗ PLAN"
	}
	b.WriteString("### " + word + "  " + markdownText(shown(p.Scenario.Name)) + "\n\n" + markdownText(planSentence(p)) + "\n\n")
	t := Table{Columns: columns("", "plan")}
	for _, s := range planSections(p) {
		for i, l := range s.lines {
			title := s.title
			if i > 0 {
				title = ""
			}
			t.Rows = append(t.Rows, []string{title, l})
		}
	}
	markdownTable(&b, t)
	for _, part := range []struct{ title, language, text string }{
		{"Commands", "sh", p.Commands}, {"Terraform", "hcl", p.Terraform}, {"CloudFormation", "yaml", p.CloudForm},
	} {
		markdownDetails(&b, part.title, func() { b.WriteString(codeBlock(part.language, part.text)) })
	}
	_, err := w.Write(b.Bytes())
	return err
}
