package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
)

// job is one file of the folder.
type job struct {
	path  string // in the folder
	write func(io.Writer) error
}

// WriteDir writes all files of a run into dir, which it creates, and returns
// their paths: the page, the result, the summaries, the series and the
// pictures. Each file appears whole or not at all. Pictures of an earlier run
// that this one has no reason to draw are removed, so that nobody takes them
// for those of this run.
func WriteDir(dir string, d *Document) ([]string, error) {
	plots := filepath.Join(dir, "plots")
	if err := os.MkdirAll(plots, 0o777); err != nil {
		return nil, fmt.Errorf("creating %s: %w", plots, err)
	}
	if err := removeStale(plots, d); err != nil {
		return nil, err
	}
	return writeFiles(dir, jobsOf(d))
}

// writeFiles writes files into a folder and returns the paths of those that are there;
// one that cannot be written does not keep the others from it.
func writeFiles(dir string, jobs []job) (written []string, err error) {
	errs := make([]error, len(jobs))
	inParallel(len(jobs), func(i int) {
		path := filepath.Join(dir, jobs[i].path)
		if e := WriteWhole(path, jobs[i].write); e != nil {
			errs[i] = fmt.Errorf("writing %s: %w", path, e)
		}
	})
	for i, j := range jobs {
		if errs[i] == nil {
			written = append(written, filepath.Join(dir, j.path))
		}
	}
	return written, errors.Join(errs...)
}

// jobsOf are the files in the order in which people are told of them.
func jobsOf(d *Document) []job {
	format := func(path string, write func(io.Writer, *Document) error) job {
		return job{path, func(w io.Writer) error { return write(w, d) }}
	}
	jobs := []job{
		format("report.html", writePage), format("result.json", writeJSON), format("summary.md", writeMarkdown),
		format("junit.xml", writeJUnit), format("series.csv", writeCSV),
		format("cloudwatch.csv", writeCloudWatch), format("events.jsonl", writeEvents),
	}
	for i := range d.Figures {
		f := &d.Figures[i]
		if f.Chart == nil {
			continue
		}
		jobs = append(jobs,
			job{"plots/" + f.ID + ".svg", func(w io.Writer) error { return drawSVG(w, f, true) }},
			job{"plots/" + f.ID + ".png", func(w io.Writer) error { return drawPNG(w, f) }})
	}
	return jobs
}

func removeStale(plots string, d *Document) error {
	drawn := map[string]bool{}
	for _, f := range d.Figures {
		drawn[f.ID] = f.Chart != nil
	}
	for _, f := range figures { // also those that this report does not even leave out
		if drawn[f.id] {
			continue
		}
		for _, extension := range []string{".svg", ".png"} {
			path := filepath.Join(plots, f.id+extension)
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("removing the old %s: %w", path, err)
			}
		}
	}
	return nil
}

// inParallel calls f for 0 … n−1 on as many goroutines as there are processors.
func inParallel(n int, f func(int)) {
	next := make(chan int)
	var done sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		done.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	done.Wait()
}

// WriteWhole writes a file under a name of its own beside path and then moves
// it there, so that path never holds half a file.
func WriteWhole(path string, write func(io.Writer) error) error {
	part, err := writeBeside(path, write)
	if err != nil {
		return err
	}
	if err := os.Rename(part, path); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return nil
}

// WriteTogether writes files into a folder, each whole, and none before all of them are
// written under names of their own.
func WriteTogether(dir string, names []string, writers map[string]func(io.Writer) error) error {
	parts := map[string]string{}
	defer func() {
		for _, part := range parts {
			_ = os.Remove(part) // gone already where all went well
		}
	}()
	for _, name := range names {
		part, err := writeBeside(filepath.Join(dir, name), writers[name])
		if err != nil {
			return err
		}
		parts[name] = part
	}
	for _, name := range names {
		if err := os.Rename(parts[name], filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// writeBeside writes a file under a name of its own beside path, and leaves none behind when
// it cannot.
func writeBeside(path string, write func(io.Writer) error) (part string, err error) {
	f, err := createBeside(path)
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	w := bufio.NewWriterSize(f, 64<<10)
	err = write(w)
	if err == nil {
		err = w.Flush()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	return f.Name(), err
}

// createBeside creates a file with a free name in the folder of path. Unlike
// os.CreateTemp it leaves the permissions to the umask, as for any other file.
func createBeside(path string) (*os.File, error) {
	for i := 0; ; i++ {
		name := path + ".part" + strconv.Itoa(os.Getpid()) + "-" + strconv.Itoa(i)
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) || i > 1000 {
			return f, err
		}
	}
}
