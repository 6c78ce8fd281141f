package scenarios

import (
	"bytes"
	"fmt"
	"strings"
)

// looks says what a file is that no import can read as it is, and the way out; "" for a
// file that may be of some kind. It is asked before any parser, whose words would say
// nothing to somebody who took the wrong file.
func (f *importFile) looks() string {
	text := f.source.text
	head := bytes.TrimSpace(text[:min(len(text), 64<<10)])
	begins := func(marks ...string) bool {
		for _, m := range marks {
			if len(head) >= len(m) && strings.EqualFold(string(head[:len(m)]), m) {
				return true
			}
		}
		return false
	}
	switch {
	case len(head) == 0:
		return "the file is empty"
	case begins("\x1f\x8b"):
		return "the file is compressed (gzip): unpack it first, with gunzip"
	case begins("PK\x03\x04"):
		return "the file is a ZIP archive or a spreadsheet: unpack it, or save it as CSV"
	case begins("\xff\xfe", "\xfe\xff"):
		return "the file is UTF-16, as a > of PowerShell writes it: save it as UTF-8, there with | Out-File -Encoding utf8"
	case begins("<!doctype html", "<html", "<head"):
		return "the file is an HTML page, perhaps one of a login or of an error, and no data; of kinesis-hot-shard-advisor's report take the JSON inside"
	case begins("<?xml", "<"):
		return "the file is XML: ask AWS for JSON, with --output json"
	case begins("---------", "+------", "|"):
		return "the file is a table, as AWS draws it: ask for JSON, with --output json"
	case bytes.IndexByte(head, 0) >= 0:
		return "the file is no text"
	}
	if head[0] == '{' && (bytes.Contains(head, []byte(`"MetricAlarms"`)) || bytes.Contains(head, []byte(`"CompositeAlarms"`))) {
		return "the file has alarms, which are no load: 'kinesim run SCENARIO --alarms FILE' rehearses them"
	}
	if begins("kinesim:") {
		return "the file is a scenario already: 'kinesim run FILE' plays it"
	}
	if line, _, _ := bytes.Cut(head, []byte("\n")); bytes.Count(line, []byte("\t")) >= 2 && !bytes.ContainsAny(line, "{[,") {
		return "the file has columns with tabs, as AWS writes text: ask for JSON, with --output json"
	}
	return ""
}

// mistaken says what a text is that was to be JSON of a kind, and which kind takes it; ""
// where it may be JSON with a mistake in it.
func (f *importFile) mistaken(kind string) string {
	head := bytes.TrimSpace(f.source.text)
	if len(head) > 0 && (head[0] == '{' || head[0] == '[') {
		return ""
	}
	line, _, _ := bytes.Cut(head, []byte("\n"))
	switch cells := strings.Split(strings.TrimSpace(string(line)), ","); {
	case len(cells) >= 3 && strings.EqualFold(cells[0], "time"):
		return "the file is a CSV of records, not JSON: that is the kind records"
	case headed(cells):
		return "the file is a CSV of keys, not JSON: that is the kind keys"
	case len(cells) >= 2:
		return fmt.Sprintf("the file is a CSV, not the JSON that %s takes; a CSV is for the kinds records, keys, and cloudwatch as its console exports it", kind)
	}
	return ""
}

// otherKind is the kind of JSON that a file is which was to be a CSV or another kind; ""
// if it is none.
func (f *importFile) otherKind(wanted ImportKind) string {
	head := bytes.TrimSpace(f.source.text)
	if f.cut || len(head) == 0 || head[0] != '{' && head[0] != '[' || jsonRow(head) {
		return ""
	}
	root, _, err := readJSON(f.source.text)
	if err != nil {
		return ""
	}
	for _, k := range ImportKinds() {
		if k.holds != nil && k.holds(root) && k.Name != wanted.Name && (wanted.holds == nil || !wanted.holds(root)) {
			return fmt.Sprintf("the file is JSON of the kind %s (%s), not %s", k.Name, k.Doc, wanted.Name)
		}
	}
	return ""
}
