package scenarios

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// readers names a folder into which npm has installed what reads our formats; CI sets it.
const readers = "KINESIM_READERS"

// reader is the path of a file of an npm package that reads one of our formats.
func reader(t *testing.T, file string) string {
	t.Helper()
	dir := os.Getenv(readers)
	if dir == "" {
		t.Skip(readers + " names no folder with npm packages that read our formats")
	}
	path := filepath.Join(dir, "node_modules", filepath.FromSlash(file))
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestSARIFBySchema: what validate writes for every bad scenario, and for none, is SARIF
// 2.1.0 by its schema.
func TestSARIFBySchema(t *testing.T) {
	text, err := os.Open(reader(t, "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	schema, err := jsonschema.UnmarshalJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("sarif.json", schema); err != nil {
		t.Fatal(err)
	}
	judge, err := compiler.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	validate := func(what string, p Problems) error {
		var b bytes.Buffer
		if err := p.SARIF(&b, "test"); err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(&b)
		if err != nil {
			t.Fatal(what, err)
		}
		return judge.Validate(document)
	}
	files, _ := filepath.Glob("testdata/bad/*.yaml")
	if len(files) < 40 {
		t.Fatalf("%d bad scenarios", len(files))
	}
	for _, file := range files {
		if err := validate(file, Check(file, nil, Options{})); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	if err := validate("nothing", nil); err != nil {
		t.Errorf("no problems: %v", err)
	}
	if err := judge.Validate(map[string]any{"version": "2.1.0", "runs": []any{map[string]any{}}}); err == nil {
		t.Error("the schema takes a run without a tool, so it judges nothing")
	}
}

// server is a live session with yaml-language-server.
type server struct {
	*testing.T
	writing sync.Mutex // by us and by whoever answers the server
	in      io.Writer
	yaml    map[string]any           // settings, which the server asks for
	answers [10]chan json.RawMessage // by the number of the question
	told    chan json.RawMessage     // diagnostics
	last    int
}

func (s *server) send(message map[string]any) {
	s.Helper()
	s.writing.Lock()
	defer s.writing.Unlock()
	message["jsonrpc"] = "2.0"
	text, err := json.Marshal(message)
	if err != nil {
		s.Error(err)
	}
	if _, err := fmt.Fprintf(s.in, "Content-Length: %d\r\n\r\n%s", len(text), text); err != nil {
		s.Error(err)
	}
}

func (s *server) notify(method string, params any) {
	s.send(map[string]any{"method": method, "params": params})
}

// ask asks, and waits for the answer for as long as a slow machine needs.
func (s *server) ask(method string, params any) string {
	s.Helper()
	s.last++
	s.send(map[string]any{"id": s.last, "method": method, "params": params})
	return s.wait(method, s.answers[s.last])
}

func (s *server) wait(what string, from chan json.RawMessage) string {
	s.Helper()
	select {
	case text := <-from:
		return string(text)
	case <-time.After(time.Minute):
		s.Fatal("no answer to ", what)
	}
	return ""
}

// listen sorts what the server says: answers, diagnostics, and the question for settings.
func (s *server) listen(out *bufio.Reader) {
	for {
		length := 0
		for {
			line, err := out.ReadString('\n')
			if err != nil {
				return
			}
			if line = strings.TrimSpace(line); line == "" {
				break
			}
			if n, ok := strings.CutPrefix(line, "Content-Length: "); ok {
				length, _ = strconv.Atoi(n)
			}
		}
		text := make([]byte, length)
		if _, err := io.ReadFull(out, text); err != nil {
			return
		}
		var m struct {
			ID             *int
			Method         string
			Params, Result json.RawMessage
		}
		switch err := json.Unmarshal(text, &m); {
		case err != nil:
			continue
		case m.Method == "workspace/configuration":
			s.send(map[string]any{"id": *m.ID, "result": []any{s.yaml, map[string]any{}, map[string]any{}, map[string]any{}}})
		case m.Method == "textDocument/publishDiagnostics":
			s.told <- m.Params
		case m.Method == "" && m.ID != nil && *m.ID < len(s.answers):
			s.answers[*m.ID] <- m.Result
		}
	}
}

// TestLanguageServer: an editor that has our schema completes fields, tells what they are
// and finds a mistake, in a live session with the server that editors use.
func TestLanguageServer(t *testing.T) {
	program := reader(t, "yaml-language-server/bin/yaml-language-server")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "kinesim.v1.schema.json"), Schema(), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command("node", program, "--stdio")
	in, err1 := command.StdinPipe()
	out, err2 := command.StdoutPipe()
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	s := &server{T: t, in: in, told: make(chan json.RawMessage, 100)}
	for id := range s.answers {
		s.answers[id] = make(chan json.RawMessage, 1)
	}
	root := "file://" + filepath.ToSlash(dir)
	s.yaml = map[string]any{
		"schemas": map[string]any{root + "/kinesim.v1.schema.json": "*.yaml"}, "validate": true, "completion": true, "hover": true,
		"schemaStore": map[string]any{"enable": false},
	}
	go s.listen(bufio.NewReader(out))
	s.ask("initialize", map[string]any{"processId": nil, "rootUri": root, "capabilities": map[string]any{
		"textDocument": map[string]any{"completion": map[string]any{"completionItem": map[string]any{"snippetSupport": true}}},
	}})
	s.notify("initialized", map[string]any{})
	s.notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{"yaml": s.yaml}})
	uri := root + "/orders.yaml"
	text := "kinesim: v1\nstream:\n  shards: 2\n  retension: 24h\nproducers: [{name: app, rate: 10/s}]\nconsumers: [{name: lake, classic: {}}]\nfaults:\n  - \n"
	s.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{"uri": uri, "languageId": "yaml", "version": 1, "text": text}})
	found := ""
	for deadline := time.Now().Add(2 * time.Minute); !strings.Contains(found, "retension") && time.Now().Before(deadline); {
		found = s.wait("diagnostics", s.told)
	}
	if !strings.Contains(found, "retension") || !strings.Contains(found, `"line":3`) {
		t.Errorf("no mistake found in line 4: %s", found)
	}
	at := func(line, character int) map[string]any {
		return map[string]any{"textDocument": map[string]any{"uri": uri}, "position": map[string]any{"line": line, "character": character}}
	}
	for _, x := range []struct {
		name            string
		line, character int
	}{{"stream.shards", 2, 4}, {"stream", 1, 2}, {"producers.rate", 4, 26}, {"consumers.classic", 5, 26}} {
		var hover struct{ Contents struct{ Value string } }
		answer := s.ask("textDocument/hover", at(x.line, x.character))
		topics, _ := Explain(x.name)
		topics = slices.DeleteFunc(topics, func(t Topic) bool { return t.Kind != "field" })
		if err := json.Unmarshal([]byte(answer), &hover); err != nil || len(topics) != 1 {
			t.Errorf("%s: %v, %s", x.name, err, answer)
		} else if got, want := unmarked(hover.Contents.Value), unmarked(topics[0].Text); want == "" || !strings.Contains(got, want) {
			t.Errorf("hover over %s says\n%s\nand explain\n%s", x.name, got, want)
		} else if !strings.Contains(got, unmarked(topics[0].Not)) {
			t.Errorf("hover over %s does not say what people get wrong: %s", x.name, topics[0].Not)
		}
	}
	if items := s.ask("textDocument/completion", at(7, 4)); !strings.Contains(items, "kill_workers") || !strings.Contains(items, "unavailable") {
		t.Errorf("a fault is completed by %.600s", items)
	}
}

// unmarked is a text without the marks of Markdown, which the server adds, and with single
// spaces.
func unmarked(text string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("\\", "", "`", "", "*", "", "&nbsp;", " ", "&emsp;", " ").Replace(text)), " ")
}
