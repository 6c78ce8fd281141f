package scenarios

import (
	"embed"
	"io/fs"
	"path"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"kinesim/model"
)

//go:embed library/*.yaml library/*.csv
var library embed.FS

//go:embed template.yaml
var template []byte

// Entry is one scenario of the library.
type Entry struct{ Name, Description string }

// Library lists the embedded scenarios, sorted by name.
func Library() []Entry { return entries() }

// entries reads the library once, when it is first asked for.
var entries = sync.OnceValue(func() []Entry {
	files, err := fs.Glob(library, "library/*.yaml") // sorted
	if err != nil {
		panic(err) // the pattern is fixed
	}
	list := make([]Entry, len(files))
	for i, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".yaml")
		var head struct{ Description string }
		text, _ := Source(name)
		if err := yaml.Unmarshal(text, &head); err != nil {
			panic("scenarios: library/" + name + ".yaml: " + err.Error())
		}
		list[i] = Entry{name, strings.TrimSpace(head.Description)}
	}
	return list
})

// Source is the text of a library scenario, or of a file that one of them names.
func Source(name string) ([]byte, bool) {
	if name == "prices.json" {
		return model.PricesText(), true
	}
	if path.Ext(name) == ".csv" {
		text, err := library.ReadFile("library/" + path.Base(name))
		return text, err == nil
	}
	if strings.ContainsAny(name, "/\\") {
		return nil, false
	}
	text, err := library.ReadFile("library/" + name + ".yaml")
	return text, err == nil
}

// libraryFiles are the files that scenarios of the library name.
func libraryFiles() fs.FS {
	files, err := fs.Sub(library, "library")
	if err != nil {
		panic(err) // the name is fixed
	}
	return files
}

// Template is the commented scenario that a new user begins with.
func Template() []byte { return append([]byte(nil), template...) }
