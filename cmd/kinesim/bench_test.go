package main

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"kinesim/scenarios"
)

// Every job is a file, every file a job, and none has anything to warn of.
func TestBenchJobs(t *testing.T) {
	files, err := benchFiles.ReadDir("bench")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(benchJobs) {
		t.Errorf("%d files for %d jobs", len(files), len(benchJobs))
	}
	for _, f := range files {
		text, err := benchFiles.ReadFile("bench/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		if problems := scenarios.Check("-", bytes.NewReader(text), scenarios.Options{}); len(problems) > 0 {
			t.Errorf("%s: %v", f.Name(), problems)
		}
		config, err := scenarios.Load("-", bytes.NewReader(text), scenarios.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(benchJobs, config.Name) || config.Name+".yaml" != f.Name() {
			t.Errorf("%s is not the job %q", f.Name(), config.Name)
		}
	}
}

// A consumer that is down keeps what the stream accepts, and that is what fills the heap:
// more than a bit of each, and no more than the 16 B of a row as it comes.
func TestBenchCountsKeptRecords(t *testing.T) {
	took, b, err := benchOnce(context.Background(), "backlog")
	if err != nil {
		t.Fatal(err)
	}
	b.conclude([]time.Duration{took})
	if b.Retained < b.Records*9/10 || b.Retained > b.Records {
		t.Errorf("%d of %d records are kept", b.Retained, b.Records)
	}
	if b.PerRetained == nil || *b.PerRetained < 4 || *b.PerRetained > 16 {
		t.Errorf("a record that is kept takes %v bytes", b.PerRetained)
	}
}

func TestBenchTakesTheMedian(t *testing.T) {
	b := benched{Records: 1000}
	b.conclude([]time.Duration{9 * time.Second, time.Second, 2 * time.Second})
	if b.Seconds != 2 || b.Slowest != 9 || b.PerSecond != 500 || b.PerRecord != 2e6 || b.PerRetained != nil {
		t.Errorf("%+v", b)
	}
}

// BenchmarkJobs are the jobs of kinesim bench. The command is built by a profile of the job
// spans, which .ci/profile makes anew.
func BenchmarkJobs(b *testing.B) {
	for _, job := range benchJobs {
		b.Run(job, func(b *testing.B) {
			var row benched
			for b.Loop() {
				var err error
				if _, row, err = benchOnce(b.Context(), job); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(row.Records), "ns/record")
		})
	}
}
