package scenarios

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
)

// ImportKind is a kind of file that people already have.
type ImportKind struct {
	Name string // as 'kinesim import KIND' takes it
	Doc  string
	From string // the command that makes such a file, "" where many do

	holds func(root *jsonNode) bool // tells whether a JSON text is of this kind; nil: it is no JSON
	read  func(d *draft, f *importFile)
}

// importAuto is the kind that finds out by itself.
const importAuto = "auto"

// ImportKinds are all kinds, in the order in which they are told apart.
func ImportKinds() []ImportKind {
	return []ImportKind{
		{importAuto, "files of any of these kinds, each known by what is in it", "", nil, (*draft).any},
		{"cloudwatch", "metrics of a stream", "aws cloudwatch get-metric-data, or get-metric-statistics; the CSV of a graph of its console", holdsMetrics, (*draft).metrics},
		{"list-shards", "the shards with their hash key ranges", "aws kinesis list-shards", has("Shards"), (*draft).listing},
		{"describe-stream-summary", "mode, shards, retention", "aws kinesis describe-stream-summary", has("StreamDescriptionSummary"), (*draft).summary},
		{"list-stream-consumers", "consumers of enhanced fan-out", "aws kinesis list-stream-consumers", has("Consumers"), (*draft).registered},
		{"terraform", "state or plan: the stream, its consumers, functions and delivery streams", "terraform show -json", holdsTerraform, (*draft).terraform},
		{"hot-shard-advisor", "records and bytes of each shard by the second", "awslabs' kinesis-hot-shard-advisor: the JSON inside its report", holdsCapture, (*draft).capture},
		{"records", "records one by one, a CSV of time,key,bytes or JSON Lines", "", nil, (*draft).records},
		{"keys", "partition keys with their weights, a CSV of key,weight", "", nil, (*draft).weighted},
	}
}

// has tells whether an object has an item of that name.
func has(name string) func(*jsonNode) bool {
	return func(root *jsonNode) bool { return root.get(name) != nil }
}

// ImportOptions say how to import.
type ImportOptions struct {
	Stream    string // of a file with several streams, this one
	Anonymise bool   // names of keys, consumers and streams are dropped
	Folder    string // where the scenario and its data files are to go; "": only a text is wanted
}

// Imported is a scenario made of files.
type Imported struct {
	Scenario []byte            // YAML
	Files    map[string][]byte // what goes beside it, by name; only if there is a folder
	Trace    *ImportedTrace    // records.csv, too large to be held; only if there is a folder
	Warnings Problems
}

// importFile is one file to import.
type importFile struct {
	*dataFile
	path string
	root *jsonNode // of JSON
	cut  bool      // only the head of a file too large to be held
}

// Import reads files of a kind into a scenario. An error is Problems.
func Import(kind string, paths []string, o ImportOptions) (*Imported, error) {
	d, problems := readImport(kind, paths, o)
	if problems.Errors() {
		return nil, problems
	}
	made := d.write()
	if d.problems.Errors() {
		return nil, d.problems.cut(paths[0])
	}
	return made, nil
}

// readImport gathers what the files say.
func readImport(kind string, paths []string, o ImportOptions) (*draft, Problems) {
	d := newDraft(o)
	k, ok := importKind(kind)
	if !ok {
		return nil, Problems{{Severity: Error, Code: codeWord, File: "kind", Message: fmt.Sprintf("%q is no kind of import", kind),
			Accepted: strings.Join(importNames(), ", "), Hint: didYouMean(kind, importNames())}}
	}
	for _, path := range paths {
		if f := d.open(path); f != nil {
			d.readFile(k, f)
		}
	}
	if !d.problems.Errors() {
		d.together()
	}
	return d, d.problems.cut(paths[0])
}

// readFile reads a file as one of a kind, or says in plain words what it is instead.
func (d *draft) readFile(k ImportKind, f *importFile) {
	text := f.looks()
	if text == "" && k.Name != importAuto {
		text = f.otherKind(k)
	}
	console := k.Name == "cloudwatch" && f.consoleCSV()
	if text == "" && k.holds != nil && !console {
		text = f.mistaken(k.Name)
	}
	if text != "" {
		f.top(text)
		return
	}
	if console {
		d.files++
		d.console(f)
		return
	}
	f.parse(k.holds != nil)
	if k.holds == nil || f.root != nil { // else its problem has been told
		d.files++
		k.read(d, f)
	}
}

func importKind(name string) (ImportKind, bool) {
	for _, k := range ImportKinds() {
		if k.Name == name {
			return k, true
		}
	}
	return ImportKind{}, false
}

func importNames() (names []string) {
	for _, k := range ImportKinds() {
		names = append(names, k.Name)
	}
	return names
}

// open reads a file. Records may be far too many to be held; their file is only
// looked into here.
func (d *draft) open(path string) *importFile {
	text, err := readData(opened(path), maxListing)
	cut := err != nil && strings.HasPrefix(err.Error(), "holds more")
	if cut {
		text, err = headOf(path)
	}
	if err != nil {
		d.problems = append(d.problems, Problem{Severity: Error, Code: codeFile, File: path, Message: "cannot be read: " + err.Error()})
		return nil
	}
	s := &source{name: filepath.ToSlash(path), text: bytes.TrimPrefix(text, []byte("\ufeff"))}
	return &importFile{dataFile: &dataFile{compiler: d.compiler, source: s}, path: path, cut: cut}
}

// parse reads a text that looks like JSON, or must be.
func (f *importFile) parse(must bool) {
	head := bytes.TrimSpace(f.source.text)
	lines := len(head) > 0 && head[0] == '{' && jsonRow(head)
	if !must && (len(head) == 0 || head[0] != '{' && head[0] != '[' || lines) {
		return
	}
	root, at, err := readJSON(f.source.text)
	switch {
	case f.cut:
		f.top(fmt.Sprintf("the file holds more than %d bytes; only records may", maxListing))
	case err != nil:
		f.atBytes(at, at+1, "not JSON: "+err.Error())
	default:
		f.root = root
	}
}

// jsonRow tells whether the first line is a record of JSON Lines.
func jsonRow(text []byte) bool {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	root, _, err := readJSON(line)
	return err == nil && root.get("time") != nil && root.get("key") != nil
}

// any reads a file of the kind that its contents show.
func (d *draft) any(f *importFile) {
	if f.root == nil {
		if f.consoleCSV() {
			d.console(f)
			return
		}
		if head, _, _ := bytes.Cut(bytes.TrimSpace(f.source.text), []byte("\n")); !d.problems.about(f.source.name) {
			switch cells := strings.Split(strings.TrimSpace(string(head)), ","); {
			case len(cells) == 2 && strings.EqualFold(cells[0], "timestamp"):
				f.top("counts by the time are a rate as they are, and need no import: rate: {file: {path: " + filepath.Base(f.path) + "}}")
			case headed(cells) || len(cells) == 2:
				d.weighted(f)
			default:
				d.records(f)
			}
		}
		return
	}
	for _, k := range ImportKinds() {
		if k.holds != nil && k.holds(f.root) {
			k.read(d, f)
			return
		}
	}
	f.atNode(f.root, "the file is of no kind that is known; known are %s", strings.Join(importNames()[1:], ", "))
}

// about tells whether a problem of that file is among them.
func (p Problems) about(file string) bool {
	for _, x := range p {
		if x.File == file {
			return true
		}
	}
	return false
}

// doubt warns of something at a value of the file.
func (f *importFile) doubt(n *jsonNode, format string, arguments ...any) {
	f.atNode(n, format, arguments...)
	last := &f.problems[len(f.problems)-1]
	last.Severity, last.Code = Warning, codePart
}

// list is a list under that name; nil after a problem has been told.
func (f *importFile) list(name string) *jsonNode {
	n := f.root.get(name)
	switch {
	case n == nil:
		f.atNode(f.root, "no %s", name)
		return nil
	case n.kind != '[':
		f.atNode(n, "%s is no list", name)
		return nil
	}
	return n
}

// whole reads a whole number from low on; without one it tells a problem.
func (f *importFile) whole(n *jsonNode, what string, low int64) (int64, bool) {
	text, ok := n.text()
	x, err := fixed(text, 0)
	if !ok || err != nil || x < low {
		f.atNode(n, "%s is not a whole number from %d on", what, low)
		return 0, false
	}
	return x, true
}

// name is how comments call the file.
func (f *importFile) name(d *draft) string {
	if d.options.Anonymise {
		return fmt.Sprintf("file %d", d.files)
	}
	return printable(filepath.Base(f.path))
}
