package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"kinesim/sim"
)

// diffSample is a comparison as sim.NewDiff would give it, made by hand: the lag of lake
// broke its rule, the delay of fraud may be noise, the bill is smaller.
func diffSample() *sim.Diff {
	row := func(name, stat, where, unit string, base, head float64, verdict string) sim.Delta {
		d := sim.Delta{Metric: name, Stat: stat, Where: where, Unit: unit, Base: base, Head: head, Delta: head - base, BaseN: 20, HeadN: 20, Verdict: verdict}
		if base != 0 {
			d.Relative = ptr((head - base) / base)
		}
		return d
	}
	lag := row("iterator_age", "p99", "consumer lake", "ms", 1200, 1608, sim.Worse)
	lag.CI95Low, lag.CI95High, lag.P, lag.Holm = ptr(264.0), ptr(552.0), ptr(1e-6), ptr(1.2e-5)
	delay := row("propagation_delay", "p99", "consumer fraud", "ms", 231, 236, sim.Noise)
	delay.CI95Low, delay.CI95High, delay.P, delay.Holm = ptr(-2.0), ptr(12.0), ptr(0.14), ptr(0.42)
	refused := row("failed_records", "", "producer checkout", "records", 0, 512, sim.Worse)
	refused.CI95Low, refused.CI95High, refused.P, refused.Holm = ptr(300.0), ptr(724.0), ptr(0.0002), ptr(0.0021)
	bill := row("cost_per_month", "", "", "USD", 356.41, 291.2, sim.Better)
	bill.CI95Low, bill.CI95High, bill.P = ptr(-65.21), ptr(-65.21), ptr(0.0)
	age := row("iterator_age", "max", "consumer lake", "ms", 149, 5300, sim.Worse)
	age.CI95Low, age.CI95High, age.P, age.Holm = ptr(4000.0), ptr(6302.0), ptr(1e-9), ptr(1e-8)
	return &sim.Diff{
		Format: sim.DiffFormat, Version: "0", Test: "paired", Pairs: 20, Alpha: 0.05,
		Base:         sim.SideRef{Name: "main/result.json", Scenario: "launch-night", Runs: 20, Seeds: []uint64{1}},
		Head:         sim.SideRef{Name: "launch-night.yaml with stream.shards=6", Scenario: "launch-night", Runs: 20, Seeds: []uint64{1}},
		Rows:         []sim.Delta{row("put_throttled_ratio", "", "", "ratio", 0, 0, sim.Unchanged), lag, delay, refused, age, bill},
		OnlyHead:     []sim.Gone{{Metric: "put_latency", Stat: "p99", Where: "producer new"}},
		Expectations: []sim.Turned{{Metric: "iterator_age", Stat: "max", Where: "consumer lake", Op: "below", Limit: 5000, Unit: "ms"}},
		Rules: []sim.RuleResult{
			{Rule: "iterator_age.p99=+10%", Metric: "iterator_age", Stat: "p99", Where: "consumer lake"},
			{Rule: "propagation_delay.p99=+1%", Metric: "propagation_delay", Stat: "p99", Where: "consumer fraud", Passed: true, Unclear: true},
			{Rule: "cost_per_month=+20USD", Metric: "cost_per_month", Passed: true},
		},
		Warnings:  []string{"base comes from another version"},
		Reproduce: "kinesim diff main/result.json launch-night.yaml --head-set stream.shards=6",
	}
}

func TestDiffFormats(t *testing.T) {
	for _, format := range DiffFormats() {
		var b bytes.Buffer
		if err := WriteDiff(&b, format, BuildDiff(diffSample()), false); err != nil {
			t.Fatal(err)
		}
		golden(t, "diff."+format, b.Bytes())
	}
	if err := WriteDiff(new(bytes.Buffer), "junit", BuildDiff(diffSample()), false); err == nil {
		t.Error("a format that there is not was written")
	}
}

// TestDiffVerdicts: the word says what came out.
func TestDiffVerdicts(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*sim.Diff)
		word   string
		state  State
	}{
		{"a broken rule", func(*sim.Diff) {}, "REGRESSION", Failed},
		{"rules that hold", func(d *sim.Diff) { d.Rules = d.Rules[1:]; d.Passed = true }, "PASS", Passed},
		{"no rules", func(d *sim.Diff) { d.Rules = nil; d.Passed = true }, "CHANGED", Done},
		{"noise", func(d *sim.Diff) { d.Rows, d.Rules, d.Expectations = d.Rows[2:3], nil, nil }, "NO CHANGE", Passed},
		{"the same", func(d *sim.Diff) { d.Rows, d.Rules, d.Expectations, d.Same = d.Rows[:1], nil, nil, true }, "SAME", Passed},
	} {
		x := diffSample()
		c.change(x)
		if d := BuildDiff(x); d.Word != c.word || d.State != c.state {
			t.Errorf("%s: %s (%s), want %s", c.name, d.Word, d.State, c.word)
		}
	}
}

// TestDiffMarkdownStaysSmall: with very many measures a comment is cut, and what is worst
// stays in it.
func TestDiffMarkdownStaysSmall(t *testing.T) {
	x := diffSample()
	for i := range 3000 {
		row := x.Rows[1]
		row.Where = "consumer c" + strings.Repeat("x", 40) + uintText(uint64(i))
		x.Rows = append(x.Rows, row)
		x.Rules = append(x.Rules, sim.RuleResult{Rule: "r", Metric: "m", Where: row.Where, Text: "held", Passed: true})
	}
	var b bytes.Buffer
	if err := WriteDiff(&b, "markdown", BuildDiff(x), false); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	if len(text) > 64<<10 || !strings.Contains(text, `failed\_records`) || !strings.Contains(text, "more") || !strings.Contains(text, "✗ fail") {
		t.Errorf("%d bytes, or the worst is not in it: %.300s", len(text), text)
	}
}

// TestDiffTextIsNarrow: the table of usual names fits a terminal, and the JSON reads back.
func TestDiffTextIsNarrow(t *testing.T) {
	var text, raw bytes.Buffer
	d := BuildDiff(diffSample())
	if err := WriteDiff(&text, "text", d, false); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(text.String()) {
		if n := len([]rune(line)); n > textWidth+1 && !strings.Contains(line, "reproduce") {
			t.Errorf("%d characters: %s", n, line)
		}
	}
	if err := WriteDiff(&raw, "json", d, false); err != nil {
		t.Fatal(err)
	}
	var back sim.Diff
	if err := json.Unmarshal(raw.Bytes(), &back); err != nil || back.Format != sim.DiffFormat || len(back.Rows) != len(d.Diff.Rows) {
		t.Errorf("%v: %+v", err, back)
	}
}

// TestChangeOfRounding: what is left of the rounding of two means is no change.
func TestChangeOfRounding(t *testing.T) {
	r := &sim.Delta{Base: 233, Unit: "ms"}
	for delta, want := range map[float64]string{-4.7e-15: "±0 %", 0: "±0 %", -2.33: "-1 %", 2.33e-5: "+0.00001 %"} {
		if got := change(r, delta); got != want {
			t.Errorf("%g of 233: %q, want %q", delta, got, want)
		}
	}
}
