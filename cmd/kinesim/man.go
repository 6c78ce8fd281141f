package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"kinesim/model"
	"kinesim/scenarios"
	"kinesim/sim"
)

// manCommand writes the manual. It is for those who pack kinesim, so help does not
// list it.
func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use: "man DIR", Short: "Write man pages: one for each command, and what explain knows", Hidden: true,
		Example: "  kinesim man share/man && man -M share/man kinesim-run",
		Args:    exactly(1, "a folder"),
		RunE: func(c *cobra.Command, arguments []string) error {
			// The limits' date is as new as the manual is, and the same on every machine.
			date, err := time.Parse("aws-2006-01", model.Profile)
			if err != nil {
				return fault(err)
			}
			commands, topics := filepath.Join(arguments[0], "man1"), filepath.Join(arguments[0], "man7")
			for _, dir := range []string{commands, topics} {
				if err := os.MkdirAll(dir, 0o777); err != nil {
					return fault(err)
				}
			}
			c.Root().DisableAutoGenTag = true
			header := &doc.GenManHeader{Section: "1", Source: "kinesim " + sim.Version, Manual: "kinesim", Date: &date}
			if err := doc.GenManTree(c.Root(), header, commands); err != nil {
				return fault(err)
			}
			for _, page := range topicPages {
				path := filepath.Join(topics, "kinesim-"+page.name+".7")
				if err := os.WriteFile(path, []byte(page.roff(date)), 0o666); err != nil {
					return fault(err)
				}
			}
			a.note("wrote the manual; man -M %s kinesim shows it", arguments[0])
			return nil
		},
	}
}

// topicPage is a manual page of one kind of topics.
type topicPage struct{ name, kind, title string }

var topicPages = []topicPage{
	{"ideas", "idea", "ideas of Amazon Kinesis Data Streams, and what people get wrong about them"},
	{"scenario", "field", "the fields of a scenario file"},
	{"metrics", "metric", "what expectations can be about"},
	{"limits", "limit", "limits and assumptions, with their sources"},
	{"problems", "problem", "codes of problems in scenarios"},
}

func (p topicPage) roff(date time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH KINESIM-%s 7 \"%s\" \"kinesim %s\" \"kinesim\"\n", strings.ToUpper(p.name), date.Format("Jan 2006"), sim.Version)
	fmt.Fprintf(&b, ".SH NAME\nkinesim-%s \\- %s\n.SH DESCRIPTION\n", p.name, roffText(p.title))
	for _, t := range scenarios.Topics() {
		if t.Kind != p.kind {
			continue
		}
		fmt.Fprintf(&b, ".SS %s\n%s\n", roffText(t.Name), roffText(t.Text))
		for _, f := range t.Facts {
			fmt.Fprintf(&b, ".IP \\(bu 2\n%s\n", roffText(f))
		}
		if t.Not != "" {
			fmt.Fprintf(&b, ".PP\n.I Often got wrong:\n%s\n", roffText(t.Not))
		}
		if len(t.See) > 0 {
			fmt.Fprintf(&b, ".PP\nTo see it: kinesim run %s\n", roffText(strings.Join(t.See, ", ")))
		}
		if len(t.Related) > 0 {
			fmt.Fprintf(&b, ".PP\nRelated: %s\n", roffText(strings.Join(t.Related, ", ")))
		}
	}
	b.WriteString(".SH SEE ALSO\n.BR kinesim (1),\n.BR kinesim-explain (1)\n")
	return b.String()
}

// roffText takes their meaning from backslashes, and from dots and quotes that begin a
// line.
func roffText(text string) string {
	lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(text, `\`, `\e`)), "\n")
	for i, line := range lines {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			line = `\&` + line
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n")
}
