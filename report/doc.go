// Package report turns the result of a run into something people and machines
// read: a verdict in the terminal, a page, pictures, and the files that CI
// systems understand.
//
// It does so in two steps. Build makes a Document of a sim.Result: plain data,
// in which every number has already been given its unit and every sentence is
// already written. Then one writer per format lays the Document out; a writer
// computes nothing, so no two formats can disagree.
//
// It is not the place to simulate, to judge expectations or to find causes:
// all that arrives in the result. It reads no scenario, no clock and no
// environment, and what it writes depends on the result alone, so the same
// result gives the same bytes.
//
// Reading order: document.go (what a report consists of) → build.go and
// verdict.go, numbers.go, expectations.go, causes.go, tables.go (how it comes
// about) → format.go (the table of formats) and a file per format → figure.go
// (the table of figures), chart.go (a figure as data), figure_*.go (one file
// per family of figures), timeline.go (what all of them share) → draw.go and its
// neighbours (a chart on paper) → page.go, page_data.go and page.js (the page and what
// its script reads) → dir.go (the folder of files) and outcome.go (many results, one
// line each).
//
// A new format is a file and a row in Formats; a new figure is a file and a
// row in figures.
//
// It may import model, sim, sim/metric, sim/des, gonum/plot and the standard
// library. It never sees a scenario file or its format.
package report
