package scenarios

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// FuzzLoad wants that no text makes Load panic, that errors have a place and a
// code, and that what loads has an effective scenario that loads again.
func FuzzLoad(f *testing.F) {
	files, _ := filepath.Glob("testdata/bad/*.yaml")
	more, _ := filepath.Glob("library/*.yaml")
	for _, file := range append(files, more...) {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		if len(text) < 4096 {
			f.Add(text, "stream.shards=3")
		}
	}
	f.Add([]byte(full), "producers.zipf.keys.zipf.s=2")
	f.Add([]byte(smallest), "producers.app.rate.steps=[{at: 0s, rate: 5/s}]")
	f.Add([]byte(changing), "stream.mode=on_demand_advantage")
	f.Add([]byte(variants), "compare.autoscale.tuned.autoscale.alarms.rules=[{metric: utilization, above: 5%, then: {grow: 5%}}]")
	for _, a := range autoscalers {
		f.Add([]byte(smallest), "autoscale="+a.yaml)
	}
	f.Add([]byte(smallest), "limits.put_latency.uniform={min: 0s, max: 1s}")
	f.Fuzz(func(t *testing.T, text []byte, set string) {
		config, err := Load("-", bytes.NewReader(text), Options{Sets: []string{set}})
		if err == nil {
			again, err := Load("-", bytes.NewReader(config.Document), Options{})
			if err != nil {
				t.Fatalf("the effective scenario %s does not load: %v", config.Document, err)
			}
			if !bytes.Equal(config.Document, again.Document) {
				t.Errorf("%s\nloads as\n%s", config.Document, again.Document)
			}
			return
		}
		problems, ok := err.(Problems)
		if !ok || !problems.Errors() {
			t.Fatalf("%T is not Problems with an error: %v", err, err)
		}
		for _, p := range problems {
			if p.Code == "" || p.Message == "" || p.File == "" || p.Line > 0 && (p.Column < 1 || p.EndColumn <= p.Column) {
				t.Errorf("%#v", p)
			}
		}
	})
}
