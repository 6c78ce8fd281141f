package scenarios

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
)

// maxText is the largest scenario: far more than anyone writes by hand.
const maxText = 1 << 20

// source is a text with its name. Places point into it.
type source struct {
	name  string // as problems show it
	title string // the default name of the scenario
	dir   string // what paths in the text are relative to
	files fs.FS  // where they are instead; nil: on the system
	text  []byte
	lines []string // split on first use
}

// line is one line of the text, from 1; "" past its end.
func (s *source) line(n int) string {
	if s.lines == nil {
		s.lines = strings.Split(string(s.text), "\n")
	}
	if n < 1 || n > len(s.lines) {
		return ""
	}
	return strings.TrimRight(s.lines[n-1], "\r")
}

// sum is the SHA-256 of the text, in hex.
func (s *source) sum() string {
	sum := sha256.Sum256(s.text)
	return hex.EncodeToString(sum[:])
}

// open finds and reads what ref names: standard input, a file, or a scenario of
// the library. A file wins over the library when the name looks like one.
func open(ref string, stdin io.Reader) (*source, Problems) {
	switch {
	case ref == "-":
		if stdin == nil {
			stdin = strings.NewReader("")
		}
		return read(&source{name: "<stdin>", title: "scenario", dir: "."}, stdin)
	case !strings.ContainsAny(ref, `/\`) && filepath.Ext(ref) == "":
		if text, ok := Source(ref); ok {
			return &source{name: "library/" + ref + ".yaml", title: ref, dir: ".", files: libraryFiles(), text: text}, nil
		}
	}
	return openFile(ref)
}

func openFile(ref string) (*source, Problems) {
	s := &source{name: ref, title: title(ref), dir: filepath.Dir(ref)}
	info, err := os.Stat(ref)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, s.missing(ref)
	case err != nil:
		return nil, s.unreadable(plainError(err))
	case info.IsDir():
		return nil, s.unreadable("it is a folder; 'kinesim test' takes folders")
	case info.Size() > maxText:
		return nil, s.unreadable(fmt.Sprintf("it holds %d bytes; a scenario has at most %d", info.Size(), maxText))
	}
	f, err := os.Open(ref)
	if err != nil {
		return nil, s.unreadable(plainError(err))
	}
	defer f.Close()
	return read(s, f)
}

// unnamely is what a name does not hold.
var unnamely = regexp.MustCompile(`[^A-Za-z0-9_-]+`)

// title is the name that a scenario gets from its file.
func title(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	name = strings.Trim(unnamely.ReplaceAllString(name, "-"), "-_")
	if name == "" {
		return "scenario"
	}
	return name[:min(len(name), 64)]
}

// read reads a whole text, as long as it is not too long.
func read(s *source, r io.Reader) (*source, Problems) {
	text, err := io.ReadAll(io.LimitReader(r, maxText+1))
	switch {
	case err != nil:
		return nil, s.unreadable(plainError(err))
	case len(text) > maxText:
		return nil, s.unreadable(fmt.Sprintf("it is longer than %d bytes, the most that a scenario has", maxText))
	}
	s.text = text
	return s, nil
}

// plainError is an error of the file system without the name of the call.
func plainError(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

func (s *source) unreadable(why string) Problems {
	return Problems{{Severity: Error, Code: codeUnreadable, File: s.name, Message: "cannot be read: " + why}}
}

// missing is the problem of a file that is not there, which may have been meant
// as a scenario of the library.
func (s *source) missing(ref string) Problems {
	var names []string
	for _, e := range Library() {
		names = append(names, e.Name)
	}
	p := Problem{Severity: Error, Code: codeUnreadable, File: s.name, Message: "no such file"}
	if !bytes.ContainsAny([]byte(ref), `/\`) {
		p.Message = "no such file, and no scenario of the library has that name"
		p.Accepted = "a file, - for standard input, or a name from 'kinesim list'"
		p.Hint = didYouMean(ref, names)
	}
	if near := nearFile(ref); near != "" && p.Hint == "" {
		p.Hint = "did you mean " + near + "?"
	}
	return Problems{p}
}

// nearFile is the scenario beside a file that is not there which was probably meant.
func nearFile(ref string) string {
	found, err := filepath.Glob(filepath.Join(filepath.Dir(ref), "*.yaml"))
	if err != nil {
		return ""
	}
	var bases []string
	for _, path := range found {
		bases = append(bases, filepath.Base(path))
	}
	base := filepath.Base(ref)
	near := SuggestName(base, bases)
	if near == "" && contains(bases, base+".yaml") {
		near = base + ".yaml"
	}
	if near == "" {
		return ""
	}
	return filepath.Join(filepath.Dir(ref), near)
}

// Find gives the scenario files (*.yaml) below a folder, sorted by path. Hidden
// folders are left out.
func Find(dir string) ([]string, error) {
	var found []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && path != dir && strings.HasPrefix(e.Name(), "."):
			return fs.SkipDir
		case !e.IsDir() && filepath.Ext(path) == ".yaml" && !strings.HasPrefix(e.Name(), "."):
			found = append(found, path)
		}
		return nil
	})
	sort.Strings(found)
	return found, err
}
