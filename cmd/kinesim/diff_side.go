package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"kinesim/report"
	"kinesim/sim"
)

// side gets the runs of one side: from files, or by playing a scenario.
func (a *app) side(ctx context.Context, what, name string, c *choices, sets []string) (*sim.Group, error) {
	if name == "-" {
		return a.piped(ctx, what, c, sets)
	}
	if !holdsResults(name) {
		return a.played(ctx, what, name, c, sets)
	}
	if len(sets) > 0 {
		return nil, bad("--%s-set changes a scenario, and %s holds results", what, name)
	}
	paths, err := resultFiles(name)
	if err != nil {
		return nil, err
	}
	var results []*sim.Result
	for _, path := range paths {
		r, err := readResult(path)
		if err != nil {
			return nil, err
		}
		results = append(results, r)
	}
	return pooled(name, results)
}

func pooled(name string, results []*sim.Result) (*sim.Group, error) {
	group, err := sim.Pool(name, results)
	if err != nil {
		return nil, bad("%w", err)
	}
	return group, nil
}

// piped reads a side from standard input: a result, or a scenario.
func (a *app) piped(ctx context.Context, what string, c *choices, sets []string) (*sim.Group, error) {
	text, err := io.ReadAll(a.in)
	if err != nil {
		return nil, bad("standard input: %w", err)
	}
	a.in = bytes.NewReader(text) // for the other side, or for the scenario
	if !bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) || !bytes.Contains(text, []byte(`"format"`)) {
		return a.played(ctx, what, "-", c, sets)
	}
	r, err := report.ReadResult(bytes.NewReader(text))
	if err != nil {
		return nil, bad("standard input: %w", err)
	}
	return pooled("-", []*sim.Result{r})
}

// played plays a scenario.
func (a *app) played(ctx context.Context, what, ref string, c *choices, sets []string) (*sim.Group, error) {
	o := c.options()
	o.Sets = slices.Concat(o.Sets, sets)
	config, err := a.load(ref, o)
	if err != nil {
		return nil, err
	}
	if ref == "-" { // it may be read again
		if s, ok := a.in.(io.Seeker); ok {
			if _, err := s.Seek(0, io.SeekStart); err != nil {
				return nil, fault(err)
			}
		}
	}
	a.detail("%s: %s, %d runs from seed %d", what, ref, c.runs, config.Seed)
	result, err := a.simulate(ctx, config, c)
	if err != nil {
		return nil, fault(err)
	}
	name := ref
	if len(sets) > 0 {
		name += " with " + strings.Join(sets, ", ")
	}
	return pooled(name, []*sim.Result{result})
}

// holdsResults tells names of results from those of scenarios.
func holdsResults(name string) bool {
	if strings.ContainsAny(name, "*?[,") || filepath.Ext(name) == ".json" {
		return true
	}
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// resultFiles are the files that a name stands for, in the order of their names.
func resultFiles(name string) ([]string, error) {
	var paths []string
	for _, part := range strings.Split(name, ",") {
		if info, err := os.Stat(part); err == nil && info.IsDir() {
			if whole := filepath.Join(part, "result.json"); exists(whole) {
				paths = append(paths, whole)
				continue
			}
			part = filepath.Join(part, "*.json")
		}
		found, err := filepath.Glob(part)
		if err != nil {
			return nil, bad("%s: %w", part, err)
		}
		if len(found) == 0 && exists(part) { // a name that only looks like a pattern
			found = []string{part}
		}
		if len(found) == 0 {
			return nil, bad("%s: no such result; 'kinesim run SCENARIO --runs 20 -d DIR' leaves one in DIR", part)
		}
		paths = append(paths, found...)
	}
	return paths, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// readResult reads a saved result.
func readResult(path string) (*sim.Result, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, bad("%w", err)
	}
	defer f.Close()
	r, err := report.ReadResult(f)
	if err != nil {
		return nil, bad("%s: %w", path, err)
	}
	return r, nil
}

// words are the flags that shape a run, as one would type them.
func (c *choices) words() []string {
	var words []string
	for _, s := range c.sets {
		words = append(words, "--set", s)
	}
	if c.flags.Changed("seed") {
		words = append(words, "--seed", fmt.Sprint(c.seed))
	}
	if c.resolution != "" {
		words = append(words, "--resolution", c.resolution)
	}
	return append(words, "--runs", strconv.Itoa(c.runs))
}
