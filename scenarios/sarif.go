package scenarios

import (
	"encoding/json"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
)

// The shape of SARIF 2.1.0 (OASIS, 2020-03-27), as far as problems need it.
type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool       sarifTool     `json:"tool"`
	ColumnKind string        `json:"columnKind"`
	Results    []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID    string    `json:"id"`
	Short sarifText `json:"shortDescription"`
	Help  sarifText `json:"help"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifResult struct {
	Rule      string          `json:"ruleId"`
	Index     int             `json:"ruleIndex"`
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations,omitempty"`
}

type sarifLocation struct {
	Physical *sarifPhysical `json:"physicalLocation,omitempty"`
	Logical  []sarifLogical `json:"logicalLocations,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
	EndColumn   int `json:"endColumn"`
}

type sarifLogical struct {
	Name string `json:"name"`
}

// SARIF writes the problems in the format that code scanning reads, with a rule for
// each code that occurs. Columns count characters.
func (p Problems) SARIF(w io.Writer, version string) error {
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "kinesim", Version: version, Rules: []sarifRule{}}},
		ColumnKind: "unicodeCodePoints", Results: []sarifResult{},
	}
	index := map[string]int{}
	for _, x := range p {
		if _, known := index[x.Code]; !known {
			index[x.Code] = len(run.Tool.Driver.Rules)
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, ruleOf(x.Code))
		}
		run.Results = append(run.Results, sarifResult{
			Rule: x.Code, Index: index[x.Code], Level: string(x.Severity), Message: sarifText{x.sentences()},
			Locations: []sarifLocation{x.location()},
		})
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

func ruleOf(code string) sarifRule {
	rule := sarifRule{ID: code, Short: sarifText{code}, Help: sarifText{"kinesim explain " + code}}
	if i := slices.IndexFunc(codes, func(c problemCode) bool { return c.code == code }); i >= 0 {
		rule.Short.Text = sentence(codes[i].help)
	}
	return rule
}

// sentences are the message with what is accepted and how to mend it.
func (p Problem) sentences() string {
	text := p.Message
	if p.Accepted != "" {
		text += "; accepted: " + p.Accepted
	}
	if p.Hint != "" {
		text += "; " + p.Hint
	}
	return text
}

// location is where a problem is: in a file, or in a flag or standard input, which are no
// places that a viewer could open.
func (p Problem) location() sarifLocation {
	if p.File == "" || strings.HasPrefix(p.File, "--") || strings.HasPrefix(p.File, "<") {
		return sarifLocation{Logical: []sarifLogical{{p.where()}}}
	}
	uri := url.URL{Path: filepath.ToSlash(filepath.Clean(p.File))}
	if filepath.IsAbs(p.File) {
		uri.Scheme = "file"
	}
	place := &sarifPhysical{Artifact: sarifArtifact{uri.String()}}
	if p.Line > 0 {
		place.Region = &sarifRegion{p.Line, p.Column, max(p.EndColumn, p.Column)}
	}
	return sarifLocation{Physical: place}
}
