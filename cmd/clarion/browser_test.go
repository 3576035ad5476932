//go:build browser

// The console as a person uses it, in a real browser; .ci/browser runs this.

package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// A browser is a window of a real one, with cookies of its own, in which one
// person sits.
type browser struct {
	*testing.T
	ctx    context.Context
	base   string // the console's address, without a path
	mu     sync.Mutex
	asked  map[string]bool // hosts that anything was asked of
	strict bool            // scripts are switched off
}

// chromium starts the browser once for a test and everything below it.
func chromium(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := chromedp.NewExecAllocator(context.Background(),
		chromedp.NoSandbox, chromedp.Headless, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("force-color-profile", "srgb"), chromedp.WSURLReadTimeout(time.Minute))
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("starting chromium: %v", err)
	}
	return ctx
}

// sit opens a window with cookies of its own.
func sit(t *testing.T, chromium context.Context, base string) *browser {
	t.Helper()
	b := &browser{T: t, base: base, asked: map[string]bool{}}
	ctx, cancel := chromedp.NewContext(chromium, chromedp.WithNewBrowserContext(), chromedp.WithListener(func(ev any) {
		if e, ok := ev.(*network.EventRequestWillBeSent); ok {
			if u, err := url.Parse(e.Request.URL); err == nil && u.Host != "" {
				b.mu.Lock()
				b.asked[u.Host] = true
				b.mu.Unlock()
			}
		}
	}))
	t.Cleanup(cancel)
	b.ctx = ctx
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil { // the window lives as long as the context that opens it
		t.Fatalf("opening a window: %v", err)
	}
	b.wide(1280)
	return b
}

// do carries out steps, each of which must succeed within a while.
func (b *browser) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.Fatalf("%s: %v\n%s", what, err, b.text())
	}
}

// ask evaluates an expression in the page.
func ask[T any](b *browser, expression string) T {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatalf("asking the page for %.60s: %v", expression, err)
	}
	return v
}

// wide gives the window a width, as a phone or a screen has it.
func (b *browser) wide(width int64) {
	b.Helper()
	b.do("setting the width", chromedp.EmulateViewport(width, 900))
}

// withoutScripts switches scripts off for good.
func (b *browser) withoutScripts() {
	b.Helper()
	b.strict = true
	b.do("switching scripts off", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
}

// media has the page look as it does on another medium; none: the screen.
func media(name string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: name})
		return err
	})
}

// open goes to a page of the console and gives its heading.
func (b *browser) open(path string) string {
	b.Helper()
	b.do("opening "+path, chromedp.Navigate(b.base+path))
	return b.heading()
}

func (b *browser) heading() string {
	b.Helper()
	return ask[string](b, `(document.querySelector("h1")||document.body).textContent.trim()`)
}

// where is the path of the page.
func (b *browser) where() string { b.Helper(); return ask[string](b, `location.pathname`) }

// text is what the page says.
func (b *browser) text() string {
	ctx, cancel := context.WithTimeout(b.ctx, 10*time.Second)
	defer cancel()
	s, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.pathname + "\n" + document.body.innerText`))
	if err != nil {
		return err.Error()
	}
	return s
}

// says fails unless the page says something.
func (b *browser) says(words ...string) {
	b.Helper()
	text := b.text()
	for _, w := range words {
		if !strings.Contains(text, w) {
			b.Errorf("%s does not say %q:\n%s", b.where(), w, text)
		}
	}
}

// silent fails if the page says something.
func (b *browser) silent(words ...string) {
	b.Helper()
	text := b.text()
	for _, w := range words {
		if strings.Contains(text, w) {
			b.Errorf("%s says %q:\n%s", b.where(), w, text)
		}
	}
}

// press presses the button or follows the link that says something, as whoever
// reads the page would, and waits for the page that comes.
func (b *browser) press(words string) {
	b.Helper()
	mark := fmt.Sprintf(`(() => {
  const want = %q, all = [...document.querySelectorAll("main button, main a, header button, header a, nav a, summary")];
  const said = e => (e.getAttribute("aria-label") || e.textContent).trim().replace(/\s+/g, " ");
  const seen = e => e.checkVisibility();
  const hit = all.find(e => seen(e) && said(e) === want) || all.find(e => seen(e) && said(e).startsWith(want));
  document.querySelectorAll("[data-hit]").forEach(e => e.removeAttribute("data-hit"));
  if (!hit) return "";
  hit.setAttribute("data-hit", "");
  return hit.tagName;
})()`, words)
	switch tag := ask[string](b, mark); tag {
	case "":
		b.Fatalf("nothing on %s can be pressed that says %q:\n%s", b.where(), words, b.text())
	case "SUMMARY":
		b.do("opening "+words, chromedp.Click(chromedp.CSS("[data-hit]")))
	default:
		ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
		defer cancel()
		if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS("[data-hit]"))); err != nil {
			b.Fatalf("pressing %q on %s: %v\n%s", words, b.where(), err, b.text())
		}
	}
}

// fill writes into the field of a label.
func (b *browser) fill(label, text string) {
	b.Helper()
	b.do("filling "+label, chromedp.SetValue(chromedp.CSS(b.field(label)), text))
}

// field finds the field of a label.
func (b *browser) field(label string) string {
	b.Helper()
	found := ask[bool](b, fmt.Sprintf(`(() => {
  document.querySelectorAll("[data-field]").forEach(e => e.removeAttribute("data-field"));
  const l = [...document.querySelectorAll("label")].find(l => l.textContent.trim().replace(/\s+/g, " ").startsWith(%q));
  if (!l || !l.control) return false;
  l.control.setAttribute("data-field", "");
  return true;
})()`, label))
	if !found {
		b.Fatalf("%s has no field called %q:\n%s", b.where(), label, b.text())
	}
	return "[data-field]"
}

// picture takes the whole page, for a person to look at.
func (b *browser) picture(name string) {
	b.Helper()
	dir := os.Getenv("CLARION_PICTURES")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	if !b.strict { // what stands in frames has to be painted too
		ask[bool](b, `Promise.all([...document.querySelectorAll("iframe[src]")].map(f => new Promise(r => { f.addEventListener("load", () => r(true)); f.src = f.src; setTimeout(() => r(true), 2000) })))
  .then(() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(() => r(true)))))`)
	}
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.Fatalf("taking a picture of %s: %v", name, err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600); err != nil {
		b.Fatal(err)
	}
}

// A flaw is something of a page that keeps somebody from using it.
type flaw struct{ Rule, What, Where string }

// flaws are what the house asks of each page: no scrolling sideways, nothing
// under 14 pixels, one action that stands out, nothing that a script put there
// inline. It is asked in the page itself.
const flaws = `(() => {
  const out = [], say = (Rule, What, e) => out.push({Rule, What, Where: e ? e.outerHTML.slice(0, 160) : ""});
  const root = document.scrollingElement;
  if (root.scrollWidth > innerWidth + 1) {
    const wide = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".wide"));
    say("scrolls sideways", root.scrollWidth + " px of " + innerWidth, wide[0]);
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; n = texts.nextNode();) {
    const e = n.parentElement;
    if (!n.data.trim() || !e.checkVisibility() || e.closest("script,style,noscript")) continue;
    const px = parseFloat(getComputedStyle(e).fontSize);
    if (px < 14) say("small text", px + " px", e);
  }
  const main = document.querySelectorAll("button.main, a.main");
  if (main.length > 1) say("more than one action stands out", main.length + "", main[1]);
  if (document.querySelectorAll("h1").length !== 1) say("headings", document.querySelectorAll("h1").length + " of the first order");
  for (const e of document.querySelectorAll("script:not([src]), [style], [onclick], [onload], [onerror], style")) say("inline", e.tagName, e);
  for (const e of document.querySelectorAll("input:not([type=hidden]), select, textarea"))
    if (!e.labels?.length && !e.getAttribute("aria-label") && !e.getAttribute("aria-labelledby")) say("a field without a label", e.name, e);
  return out;
})()`

// axe is the checker of accessibility that the whole trade uses; .ci/browser
// fetches it.
func axe(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(os.Getenv("CLARION_AXE"))
	if err != nil {
		t.Fatalf("CLARION_AXE names no axe.min.js (%v): run this by .ci/browser, which fetches it", err)
	}
	return string(b)
}

// look looks at the page as it stands, on a phone and on a screen.
func (b *browser) look(name, axe string) (checks int) {
	b.Helper()
	for _, width := range []int64{360, 1280} {
		b.wide(width)
		b.picture(fmt.Sprintf("%s-%d", name, width))
		for _, f := range ask[[]flaw](b, flaws) {
			b.Errorf("%s at %d: %s, %s: %s", name, width, f.Rule, f.What, f.Where)
		}
		checks += 6
		if b.strict {
			continue
		}
		ask[bool](b, axe+"; true")
		raw := ask[string](b, `axe.run(document, {resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], iframes: false})
  .then(r => JSON.stringify({Passes: r.passes.length, Wrong: r.violations.map(v => ({Rule: v.id + " (" + v.impact + ")", What: v.help, Where: v.nodes.map(n => n.html.slice(0, 160) + " " + n.failureSummary).slice(0, 3).join(" | ")}))}))`)
		var r struct {
			Passes int
			Wrong  []flaw
		}
		if err := json.Unmarshal([]byte(raw), &r); err != nil {
			b.Fatal(err)
		}
		if r.Passes == 0 {
			b.Errorf("%s at %d: axe has looked at nothing", name, width)
		}
		checks += r.Passes + len(r.Wrong)
		for _, f := range r.Wrong {
			b.Errorf("%s at %d: %s: %s: %s", name, width, f.Rule, f.What, f.Where)
		}
	}
	b.wide(1280)
	return checks
}

// alone fails if anything but the console was asked for anything.
func (b *browser) alone() {
	b.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for host := range b.asked {
		if !strings.HasSuffix(b.base, "://"+host) {
			b.Errorf("the pages ask %s for something", host)
		}
	}
}
