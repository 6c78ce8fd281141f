package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPlansAlarmsAreRehearsed: the template that a plan writes is one that --alarms reads,
// with every alarm that the plan proposes, metric math among them.
func TestPlansAlarmsAreRehearsed(t *testing.T) {
	scenario := strings.Replace(tiny, "duration: 10s", "duration: 4m", 1) + "expect: [{metric: put_throttled_ratio, below: 1%}]\n"
	dir := t.TempDir()
	if code, _, errs := call(t.Context(), scenario, "plan", "-", "-d", dir); code != 0 {
		t.Fatal(code, errs)
	}
	template := filepath.Join(dir, "template.yaml")
	text, err := os.ReadFile(template)
	if err != nil {
		t.Fatal(err)
	}
	proposed := strings.Count(string(text), "AWS::CloudWatch::Alarm")
	code, out, errs := call(t.Context(), scenario, "run", "-", "--alarms", template)
	if code != 0 || proposed < 3 || strings.Contains(errs, "left out") {
		t.Fatalf("%d, %d alarms proposed: %s\n%s", code, proposed, errs, text)
	}
	if rehearsed := strings.Count(out, "never rang"); rehearsed != proposed {
		t.Errorf("%d of %d alarms were quiet:\n%s", rehearsed, proposed, out)
	}
}
