package scenarios

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestCompletePath(t *testing.T) {
	file := filepath.Join(t.TempDir(), "orders.yaml")
	const text = "kinesim: v1\nstream: {shards: 2}\nproducers: [{name: checkout, rate: 10/s}, {name: returns, rate: 1/s}]\nconsumers: [{name: lake, classic: {}}]\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		ref, partial string
		want, not    string // among what is offered; not among it
	}{
		{file, "", "stream.", "shards="},
		{file, "str", "stream.", "producers."},
		{"", "stream.sh", "stream.shards=", "stream.mode="},
		{file, "producers.", "producers.checkout.", ""},
		{file, "producers.ch", "producers.checkout.", "producers.returns."},
		{file, "producers.checkout.ra", "producers.checkout.rate=", ""},
		{file, "producers.checkout.keys.zipf.", "producers.checkout.keys.zipf.s=", ""},
		{file, "consumers.lake.classic.in", "consumers.lake.classic.interval=", ""},
		{file, "stream.mode=on", "stream.mode=on_demand", "stream.mode=provisioned"},
		{"launch-night", "consumers.fr", "consumers.fraud.", ""},
		{file, "limits.write_w", "limits.write_window=", ""},
		{file, "nonsense.", "", "nonsense.x"},
		{"no-such-file.yaml", "producers.", "", "producers.checkout."},
	} {
		var offered []string
		for _, h := range CompletePath(c.ref, c.partial) {
			offered = append(offered, h.Text)
			if !strings.HasPrefix(h.Text, c.partial) {
				t.Errorf("%s: %s does not begin with it", c.partial, h.Text)
			}
		}
		if c.want != "" && !slices.Contains(offered, c.want) || c.not != "" && slices.Contains(offered, c.not) {
			t.Errorf("%s %q: %v, want %s and not %s", c.ref, c.partial, offered, c.want, c.not)
		}
	}
}

// TestCompletedPathsCanBeSet: whatever is offered for a field is a path that --set knows.
func TestCompletedPathsCanBeSet(t *testing.T) {
	seen := 0
	var visit func(prefix string, depth int)
	visit = func(prefix string, depth int) {
		for _, h := range CompletePath("launch-night", prefix) {
			if path, ok := strings.CutSuffix(h.Text, "="); ok {
				seen++
				for _, p := range Check("launch-night", nil, Options{Sets: []string{path + "=~"}}) {
					if p.Code == codeUnknown && strings.HasPrefix(p.File, "--set") || p.Code == codeSet {
						t.Errorf("%s: %s", path, p.Message)
					}
				}
			} else if depth < 4 {
				visit(h.Text, depth+1)
			}
		}
	}
	visit("stream.", 0)
	visit("producers.", 0)
	visit("clock.", 0)
	if seen < 60 {
		t.Errorf("only %d paths are offered", seen)
	}
}
