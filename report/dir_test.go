package report

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kinesim/sim"
)

// filesIn are the files of a folder with their contents.
func filesIn(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestWriteDir(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	paths, err := WriteDir(dir, Build(hotKeySample()))
	if err != nil {
		t.Fatal(err)
	}
	files := filesIn(t, dir)
	drawn := 0
	for _, f := range Build(hotKeySample()).Figures {
		if f.Chart != nil {
			drawn++
		}
	}
	if len(files) != len(paths) || len(files) != 7+2*drawn {
		t.Errorf("%d files, %d told of", len(files), len(paths))
	}
	for _, path := range paths {
		name, err := filepath.Rel(dir, path)
		if err != nil || files[name] == "" {
			t.Errorf("%s is empty or not there", path)
		}
	}
	if n := len(files["report.html"]); n > 1<<20 {
		t.Errorf("the page has %d bytes", n)
	}
	back, err := ReadResult(strings.NewReader(files["result.json"]))
	if err != nil {
		t.Fatal(err)
	}
	again := t.TempDir()
	if _, err := WriteDir(again, Build(back)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(files, filesIn(t, again)); diff != "" {
		t.Error("a result that was saved gives another report: ", diff[:min(len(diff), 2000)])
	}
}

// TestWriteDirRemovesStalePictures of a run before, and nothing else.
func TestWriteDirRemovesStalePictures(t *testing.T) {
	plots := filepath.Join(t.TempDir(), "plots")
	if err := os.Mkdir(plots, 0o777); err != nil {
		t.Fatal(err)
	}
	left := func(name string) {
		if err := os.WriteFile(filepath.Join(plots, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	left("mine.png")
	stale, want := 0, []string{"mine.png"}
	d := Build(steadySample())
	for _, f := range d.Figures {
		if f.Chart != nil {
			want = append(want, f.ID+".png", f.ID+".svg")
		}
	}
	for _, r := range []*sim.Result{hotKeySample(), changingSample()} {
		for _, f := range Build(r).Figures {
			if f.Chart != nil && !slices.Contains(want, f.ID+".png") {
				stale++
				left(f.ID + ".png")
				left(f.ID + ".svg")
			}
		}
	}
	if stale < 3 {
		t.Fatalf("%d pictures that the steady sample has not", stale)
	}
	if _, err := WriteDir(filepath.Dir(plots), d); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(plots)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("pictures %v, want %v", got, want)
	}
}

// TestWriteDirTellsWhere it failed, and leaves nothing half-written.
func TestWriteDirTellsWhere(t *testing.T) {
	dir := t.TempDir()
	blocked := filepath.Join(dir, "file")
	if err := os.WriteFile(blocked, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := WriteDir(blocked, Build(steadySample())); err == nil || !strings.Contains(err.Error(), blocked) {
		t.Errorf("no path in %v", err)
	}
	taken := filepath.Join(dir, "run", "report.html", "taken")
	if err := os.MkdirAll(taken, 0o777); err != nil {
		t.Fatal(err)
	}
	written, err := WriteDir(filepath.Join(dir, "run"), Build(emptySample()))
	if err == nil || !strings.Contains(err.Error(), "report.html") {
		t.Errorf("no path in %v", err)
	}
	if len(written) != 6 {
		t.Errorf("%d other files", len(written))
	}
	for name := range filesIn(t, dir) {
		if strings.Contains(name, ".part") {
			t.Errorf("%s was left behind", name)
		}
	}
}

func TestPage(t *testing.T) {
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			var b strings.Builder
			if err := writePage(&b, Build(s.make())); err != nil {
				t.Fatal(err)
			}
			text := b.String()
			// The drawings and the script are tried by themselves; here they would only be long.
			short := svgElement.ReplaceAllString(scriptElement.ReplaceAllString(text, "<script$1></script>"), "<svg></svg>")
			short = hashes.ReplaceAllString(styleElement.ReplaceAllString(short, "<style></style>"), "sha256-…")
			golden(t, s.name+".html", []byte(short))
			checkPage(t, scriptElement.ReplaceAllString(text, ""))
			checkScripts(t, text)
		})
	}
}

var (
	svgElement    = regexp.MustCompile(`(?s)<svg.*?</svg>`)
	scriptElement = regexp.MustCompile(`(?s)<script([^>]*)>(.*?)</script>`)
	hashes        = regexp.MustCompile(`sha256-[^']*?=`)
	styleElement  = regexp.MustCompile(`(?s)<style>(.*?)</style>`)
)

// checkScripts: data that is JSON and holds no markup, and one script, which the policy
// knows by its hash; neither in a page without figures.
func checkScripts(t *testing.T, text string) {
	t.Helper()
	found := scriptElement.FindAllStringSubmatch(text, -1)
	if !strings.Contains(text, "<figure") {
		if len(found) > 0 {
			t.Error("a script for nothing")
		}
		return
	}
	if len(found) != 2 || found[0][1] != ` type="application/json" id="data"` || found[1][1] != "" {
		t.Fatalf("%d scripts", len(found))
	}
	var data struct {
		Figures map[string]any `json:"figures"`
	}
	if err := json.Unmarshal([]byte(found[0][2]), &data); err != nil || len(data.Figures) == 0 || strings.Contains(found[0][2], "<") {
		t.Errorf("odd data of %d figures: %v", len(data.Figures), err)
	}
	allowed(t, text, "script-src", found[1][2])
}

// allowed tells whether the content security policy of a page names a text by its hash.
func allowed(t *testing.T, text, source, content string) {
	t.Helper()
	if want := source + " &#39;" + hashOf(content) + "&#39;"; !strings.Contains(strings.ReplaceAll(text, "&#43;", "+"), want) {
		t.Errorf("the policy does not say %s", want)
	}
}

func checkPage(t *testing.T, text string) {
	t.Helper()
	ids, headings := map[string]bool{}, 1
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		name := start.Name.Local
		switch name {
		case "script", "iframe", "object", "embed", "link", "img", "form", "base":
			t.Errorf("a %s element", name)
		case "h1", "h2", "h3":
			level := int(name[1] - '0')
			if level > headings+1 {
				t.Errorf("%s after h%d", name, headings)
			}
			headings = level
		}
		for _, a := range start.Attr {
			checkAttribute(t, name, a, ids)
		}
	}
	allowed(t, text, "style-src", styleElement.FindStringSubmatch(text)[1])
	for _, link := range regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(text, -1) {
		if !ids[link[1]] {
			t.Errorf("a link to nowhere: %s", link[1])
		}
	}
}

// checkAttribute holds the page to its promise to need nothing from elsewhere.
func checkAttribute(t *testing.T, element string, a xml.Attr, ids map[string]bool) {
	t.Helper()
	name := strings.ToLower(a.Name.Local)
	switch {
	case name == "id":
		if ids[a.Value] {
			t.Errorf("two elements are called %s", a.Value)
		}
		ids[a.Value] = true
	case name == "style", strings.HasPrefix(name, "on"):
		t.Errorf("%s of %s: %q", name, element, a.Value)
	case name == "src", name == "href":
		if !strings.HasPrefix(a.Value, "#") && !strings.HasPrefix(a.Value, "data:image/png;base64,") {
			t.Errorf("%s of %s leads away: %q", name, element, a.Value)
		}
	}
}

func BenchmarkWriteDir(b *testing.B) {
	d := Build(hotKeySample())
	dir := b.TempDir()
	for b.Loop() {
		if _, err := WriteDir(dir, d); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBuild(b *testing.B) {
	r := hotKeySample()
	b.ReportAllocs()
	for b.Loop() {
		Build(r)
	}
}
