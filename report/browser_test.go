package report

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"kinesim/sim"
)

// The page is tried in a real browser where there is one. demandBrowser makes its absence
// a failure, as it is in CI; axePath is axe-core's axe.min.js, without which nobody judges
// the page's accessibility.
const (
	demandBrowser = "KINESIM_BROWSER_TESTS"
	axePath       = "KINESIM_AXE"
)

// absent skips a test, or fails it where nothing may be absent.
func absent(t *testing.T, what string) {
	t.Helper()
	if os.Getenv(demandBrowser) != "" {
		t.Fatal(what + ", and " + demandBrowser + " demands it")
	}
	t.Skip(what + "; with " + demandBrowser + "=1 this would fail")
}

// chromium is the one browser of all tests: it takes longer to begin than most visits.
// Each visit has a tab of its own, and no setting of one reaches another.
var chromium struct {
	start sync.Once
	ctx   context.Context
	path  string // "" if none is installed
	err   error
}

func TestMain(m *testing.M) {
	m.Run()
	if chromium.ctx != nil && chromium.err == nil {
		_ = chromedp.Cancel(chromium.ctx) // which waits for its end and removes its profile
	}
}

// browser is a headless Chromium.
func browser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	chromium.start.Do(startChromium)
	if chromium.path == "" {
		absent(t, "no Chromium is installed")
	}
	if chromium.err != nil {
		t.Fatalf("starting %s: %v", chromium.path, chromium.err)
	}
	return chromium.ctx
}

// startChromium starts it; TestMain ends it.
func startChromium() {
	b := &chromium
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			b.path = found
			break
		}
	}
	if b.path == "" {
		return
	}
	ctx, _ := chromedp.NewExecAllocator(context.Background(), chromedp.ExecPath(b.path),
		chromedp.WSURLReadTimeout(time.Minute), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.WindowSize(1100, 900))
	b.ctx, _ = chromedp.NewContext(ctx)
	b.err = chromedp.Do(b.ctx)
}

// visit is a page in a tab of its own, and what the browser had to say about it.
type visit struct {
	*testing.T
	ctx  context.Context
	path string

	scriptless bool // nothing is ever drawn anew

	mutex    sync.Mutex
	troubles []string // errors, and requests for anything but the page itself
}

// open opens the page of a result from a file, as a reader would, after some settings.
func open(t *testing.T, browser context.Context, r *sim.Result, settings ...step) *visit {
	t.Helper()
	return openDocument(t, browser, Build(r), settings...)
}

func openDocument(t *testing.T, browser context.Context, d *Document, settings ...step) *visit {
	t.Helper()
	return openPage(t, browser, func(w io.Writer) error { return writePage(w, d) }, settings...)
}

func openPage(t *testing.T, browser context.Context, write func(io.Writer) error, settings ...step) *visit {
	t.Helper()
	ctx, stop := chromedp.NewContext(browser)
	t.Cleanup(stop)
	v := &visit{T: t, ctx: ctx, path: filepath.Join(t.TempDir(), "report.html")}
	if err := WriteWhole(v.path, write); err != nil {
		t.Fatal(err)
	}
	v.do()                                              // a tab must be there to be listened to
	ctx, stop = context.WithTimeout(ctx, 3*time.Minute) // a busy machine needs most of one
	t.Cleanup(stop)
	v.ctx = ctx
	if err := chromedp.Listen(ctx, v.hear); err != nil {
		t.Fatal(err)
	}
	v.do(command(network.Enable, network.EnableParams{}), command(log.Enable, cdp.Empty{}), command(runtime.Enable, cdp.Empty{}))
	v.do(settings...)
	v.do(chromedp.Navigate("file://" + v.path))
	return v
}

// hear notes what must not happen.
func (v *visit) hear(event any) {
	trouble := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		trouble = "exception: " + e.ExceptionDetails.Text + fmt.Sprint(e.ExceptionDetails.Exception)
	case *runtime.EventConsoleAPICalled:
		trouble = "console." + string(e.Type)
	case *log.EventEntryAdded:
		trouble = string(e.Entry.Level) + ": " + e.Entry.Text
	case *network.EventRequestWillBeSent:
		if url := e.Request.URL; url != "file://"+v.path && !strings.HasPrefix(url, "data:") {
			trouble = "request: " + url
		}
	}
	if trouble != "" {
		v.mutex.Lock()
		v.troubles = append(v.troubles, trouble)
		v.mutex.Unlock()
	}
}

// quiet fails the test for what the browser had to say.
func (v *visit) quiet() {
	v.Helper()
	v.mutex.Lock()
	defer v.mutex.Unlock()
	for _, trouble := range v.troubles {
		v.Error(trouble)
	}
}

// step is something to do with a page.
type step = chromedp.Action[chromedp.Void]

// command is a command of the browser's protocol as a step.
func command[P any](c cdp.Command[P, cdp.Empty], params P) step {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

func (v *visit) do(steps ...step) {
	v.Helper()
	if err := chromedp.Do(v.ctx, steps...); err != nil {
		v.Fatal(err)
	}
}

// ask gives the value of an expression, after the frame that is being drawn.
func ask[T any](v *visit, expression string) T {
	v.Helper()
	if !v.scriptless {
		v.run(`new Promise(drawn => requestAnimationFrame(() => setTimeout(drawn)))`)
	}
	value, err := chromedp.Run(v.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		v.Fatal(err)
	}
	return value
}

// run runs an expression for what it does.
func (v *visit) run(expression string) {
	v.Helper()
	v.do(chromedp.Evaluate[chromedp.Void](expression, chromedp.EvalAwaitPromise))
}

// dark and narrow are settings of a visit.
func dark() step {
	return command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}})
}

func paper() step {
	return command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
}

func narrow() step { return chromedp.EmulateViewport(400, 800, chromedp.EmulateMobile) }

// accessible lets axe-core judge the page as it is now. The rows of a table of data are all
// alike, so the first three stand for the others, of which there are thousands.
func (v *visit) accessible() {
	v.Helper()
	source, err := os.ReadFile(os.Getenv(axePath))
	if err != nil {
		absent(v.T, "no axe-core: "+axePath+" should name its axe.min.js")
	}
	v.run(`document.querySelectorAll("table:not(.judged) tbody").forEach(b => [...b.rows].slice(3).forEach(r => r.remove()))`)
	v.run(string(source) + "; undefined")
	for _, found := range ask[[]string](v, `axe.run(document, {resultTypes: ["violations"]}).then(r =>
		r.violations.flatMap(x => x.nodes.map(n => x.id + ": " + x.help + ": " + n.html.slice(0, 200) + " " + (n.any[0]?.message || ""))))`) {
		v.Error(found)
	}
}
