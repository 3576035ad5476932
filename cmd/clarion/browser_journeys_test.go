//go:build browser

package main

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// demo runs a command in the demo's constituency on the demo's day.
func (s *site) demo(args ...string) string {
	s.Helper()
	out, _ := clarion(s.T, exitOK, append([]string{"-C", "clarion-demo", "--on", s.on}, args...)...)
	return out
}

// standing counts the letters that wait for a yes and those that have it.
func (s *site) standing() (proposed, approved int) {
	s.Helper()
	var v struct{ Proposed, Approved []any }
	if err := json.Unmarshal([]byte(s.demo("review", "--json", "--as", "membership_officer")), &v); err != nil {
		s.Fatal(err)
	}
	return len(v.Proposed), len(v.Approved)
}

// An officer reads a letter, strikes it out, and says yes to the other; what she
// said is what goes. She does it with scripts, without them, and by the keyboard
// alone.
func TestBrowserApprove(t *testing.T) {
	chrome, rules := chromium(t), axe(t)
	for _, how := range []string{"with scripts", "without scripts", "by keyboard"} {
		t.Run(how, func(t *testing.T) {
			s := openSite(t, demoMoment)
			b := sit(t, chrome, s.base)
			if how == "without scripts" {
				b.withoutScripts()
			}
			s.letIn(b, "membership_officer")
			b.says("2 letters wait for your yes")
			b.open("/plan")
			b.says("Bernard Hollis", "Sofia Marino", "Saved plan 1")
			b.look("approve", rules)
			b.press("Harrowmere and Thornley CLP: a membership payment")
			b.says("Waits for a yes.", "data/members-2026-11-02.csv, row")
			b.open("/plan")
			b.do("unticking one", chromedp.Click(chromedp.CSS(`input[name=yes]`)))
			b.fill("Why those that are not ticked", "rang him yesterday")
			if how == "by keyboard" {
				b.byKeyboard("Say yes to those that are ticked")
			} else {
				b.press("Say yes to those that are ticked")
			}
			b.look("approved", rules)
			if p, a := s.standing(); p != 0 || a != 1 {
				t.Errorf("%d letters wait for a yes and %d have one:\n%s", p, a, b.text())
			}
			before := outgone(t)
			s.demo("run")
			var went []string
			for _, f := range outgone(t) {
				if !slices.Contains(before, f) {
					went = append(went, f)
				}
			}
			sofia := slices.IndexFunc(went, func(f string) bool { return strings.Contains(contents(t, f), "sofia.marino@") })
			if sofia < 0 || slices.ContainsFunc(went, func(f string) bool { return strings.Contains(contents(t, f), "To: \"Bernard Hollis\"") }) {
				t.Errorf("what went is %q", went)
			}
		})
	}
}

// byKeyboard comes to a button by the tab key alone, sees where it is all the
// way, and presses it with the space bar.
func (b *browser) byKeyboard(words string) {
	b.Helper()
	ask[bool](b, `document.activeElement.blur(), window.getSelection().removeAllRanges(), true`)
	for range 200 {
		b.do("pressing tab", chromedp.KeyEvent(kb.Tab))
		at := ask[struct {
			Says string
			Seen bool
		}](b, `(() => { const e = document.activeElement, s = getComputedStyle(e);
  return {Says: e.textContent.trim(), Seen: e.tagName === "IFRAME" || e.tagName === "MAIN" || s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 1} })()`)
		if !at.Seen && at.Says != "" {
			b.Errorf("on %s nobody sees that the keyboard is at %.60q", b.where(), at.Says)
		}
		if strings.HasPrefix(at.Says, words) {
			if _, err := chromedp.RunResponse(b.ctx, chromedp.KeyEvent(" ")); err != nil {
				b.Fatalf("pressing %q by keyboard: %v", words, err)
			}
			return
		}
	}
	b.Fatalf("the keyboard does not come to %q on %s", words, b.where())
}

// outgone are the files of what the demo has sent.
func outgone(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("clarion-demo/outbox/*.eml")
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func contents(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// An officer completes a task and takes the answer back, without scripts too.
func TestBrowserTask(t *testing.T) {
	chrome := chromium(t)
	s := openSite(t, demoMoment)
	b := sit(t, chrome, s.base)
	b.withoutScripts()
	s.letIn(b, "treasurer")
	b.open("/tasks")
	b.says("Harrow Lane Engineering Ltd")
	b.do("following the first task", chromedp.Click(chromedp.CSS(".tasks a")))
	b.do("waiting for the task", chromedp.WaitVisible(chromedp.CSS("form.answers")))
	answer := ask[string](b, `document.querySelector("form.answers button").textContent.trim()`)
	task := b.where()
	b.press(answer)
	b.open(task)
	b.says("Take the answer back")
	b.press("Take the answer back")
	b.says("What became of it?")
}

var linkInMail = regexp.MustCompile(`/sign-in/[a-z2-7]+`)

// byMail signs an officer in by the link that is mailed.
func (s *site) byMail(b *browser, address string) {
	s.Helper()
	before := outgone(s.T)
	b.open("/sign-in")
	b.fill("Your address", address)
	b.press("Mail me a link")
	b.says("a link is on its way there")
	link := "" // it is written after the page is answered, so that the time says nothing of whether there is such an officer
	for patience, look := time.After(10*time.Second), time.NewTicker(20*time.Millisecond); link == ""; {
		for _, f := range outgone(s.T) {
			if !slices.Contains(before, f) {
				link = linkInMail.FindString(strings.ReplaceAll(contents(s.T, f), "=\r\n", ""))
			}
		}
		select {
		case <-look.C:
		case <-patience:
			s.Fatalf("no link came to %s", address)
		}
	}
	b.open(link)
	b.press("Sign in")
	if b.where() != "/" {
		s.Fatalf("the link leads to %s:\n%s", b.where(), b.text())
	}
	b.open(link)
	b.says("This link does not work any more")
}

// A letter to all members goes only after two persons of different offices have
// said yes, each of whom signed in by a link of their own.
func TestBrowserSecondPerson(t *testing.T) {
	chrome := chromium(t)
	s := openSite(t, demoMoment, func() {
		f := "clarion-demo/constituency.yaml"
		open := regexp.MustCompile(`(?m)^brakes: .*$`).ReplaceAll([]byte(contents(t, f)), []byte("brakes: {most_at_once: 5000, share: 100 percent, times_usual: 1000, floor: 5}"))
		if err := os.WriteFile(f, open, 0o600); err != nil {
			t.Fatal(err)
		}
	})
	secretary, chair := sit(t, chrome, s.base), sit(t, chrome, s.base)
	s.byMail(secretary, "secretary@example.org")
	secretary.open("/once")
	secretary.fill("The condition, over members", "everyone")
	secretary.fill("Subject", "The office moves")
	secretary.fill("The letter", "Dear {{ or member.first_name \"friend\" }},\n\nFrom Monday our office is at 2 Wharf Street.\n")
	secretary.do("choosing the basis", chromedp.Click(chromedp.CSS("input[value=service]")))
	secretary.press("Look who would get it")
	secretary.says("would ask for a yes")
	secretary.picture("once-looked")
	secretary.press("Propose them")
	s.demo("run")
	sign := func(b *browser) {
		b.open("/plan")
		b.press("Read and decide")
		b.says("two persons of different roles must say yes")
		b.press("Say yes to those that are ticked")
	}
	sign(secretary)
	count := func() (n int) {
		for _, f := range outgone(t) {
			if strings.Contains(contents(t, f), "Subject: The office moves") {
				n++
			}
		}
		return n
	}
	s.demo("run")
	if n := count(); n != 0 {
		t.Fatalf("after one person's yes %d letters went", n)
	}
	s.byMail(chair, "chair@example.org")
	sign(chair)
	s.demo("run")
	if n := count(); n == 0 {
		t.Errorf("after the second person's yes no letter went:\n%s", chair.text())
	}
}

// The first day of a constituency: officers, members, a letter to oneself and a
// first playbook that observes; then the checklist is gone.
func TestBrowserFirstDay(t *testing.T) {
	chrome, rules := chromium(t), axe(t)
	alone(t)
	clarion(t, exitOK, "init", "clarion-demo", "--name", "Anytown CLP", "--from", "secretary@example.org", "--yes")
	s := openConsole(t, nextDay)
	b := sit(t, chrome, s.base)
	s.letIn(b, "secretary")
	b.says("The first day is not over yet: 4 things are left to do.")
	b.press("4 things are left to do")
	b.look("first-day", rules)
	bring := func(link, name, text string) {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		b.open("/first")
		b.press(link)
		b.do("choosing the file", chromedp.SetUploadFiles(chromedp.CSS("input[type=file]"), []string{file}))
		b.press("See what is different")
		b.press("Take it")
	}
	bring("Bring the list of officers", "officers.csv", "role,branch,person,email,from,until,deputy\nsecretary,,Rosa Achebe,secretary@example.org,2025-11-27,,\nmembership_officer,,Dil Varma,membership@example.org,2025-11-27,,\n")
	bring("Bring the list of members", "members-2026-11-02.csv", "Membership Number,First Name,Last Name,Email,Date Joined,Status\nA1,Ada,Brown,ada.brown@example.org,01/02/2020,Active\nA2,Bo,Green,bo.green@example.org,01/10/2026,Active\n")
	b.open("/first")
	b.press("Test the mail")
	b.press("Send a test to myself")
	b.open("/first")
	b.press("Choose a playbook")
	b.press("Welcome every new member")
	s.demo("run") // init has switched it on; with the first run it begins, and only observes
	b.open("/first")
	b.says("The first day is done")
	b.open("/")
	b.silent("The first day is not over yet")
}

// Somebody brings a list, sees what is different in it, maps a heading, takes it
// and takes it back.
func TestBrowserUpload(t *testing.T) {
	chrome, rules := chromium(t), axe(t)
	s := openSite(t, nextDay)
	list := bytes.ReplaceAll([]byte(contents(t, "clarion-demo/data/members-2026-11-02.csv")), []byte("Months in Arrears"), []byte("How far behind"))
	list = append(bytes.TrimRight(list, "\r\n"), "\r\nA999001,Ms,Nova,Newcomer,nova.newcomer@example.org,07700 900111,1 Test Row,XW3 4FS,01/11/2026,Active,,,Harrowmere Town,07/02/1990,,No,\r\n"...)
	file := filepath.Join(t.TempDir(), "members <b>new & =A1 2026-11-03.csv")
	if err := os.WriteFile(file, list, 0o600); err != nil {
		t.Fatal(err)
	}
	b := sit(t, chrome, s.base)
	s.letIn(b, "membership_officer")
	b.open("/data/members")
	b.do("choosing the file", chromedp.SetUploadFiles(chromedp.CSS("input[type=file]"), []string{file}))
	b.press("See what is different")
	b.says("Nothing of it is taken yet", "New", "How its headings are read", "How far behind")
	b.look("difference", rules)
	b.do("mapping a heading", chromedp.SetValue(chromedp.CSS(`select[aria-label="How far behind is"]`), "months_in_arrears"))
	b.press("Read it so")
	b.says("Nothing of it is taken yet", "The headings are right, as they are read below")
	b.do("saying that the headings are right", chromedp.Click(chromedp.CSS("input[name=accept]")))
	b.press("Take it")
	b.says("Last import")
	b.look("taken", rules)
	b.open("/people?q=newcomer")
	b.says("Nova Newcomer")
	b.open("/data/members")
	b.press("Withdraw the last import")
	b.press("Withdraw this import")
	b.open("/people?q=newcomer")
	b.silent("Nova Newcomer")
}

// Somebody changes a setting, and a letter's words with a picture of it; the rest
// of the files stays to the byte.
func TestBrowserWords(t *testing.T) {
	chrome, rules := chromium(t), axe(t)
	s := openSite(t, demoMoment)
	b := sit(t, chrome, s.base)
	s.letIn(b, "secretary")
	before := contents(t, "clarion-demo/playbooks.yaml")
	b.open("/playbooks/new-member-welcome")
	b.do("changing a setting", chromedp.SetValue(chromedp.CSS(`[name="setting.check_in"]`), "28 days"))
	b.press("Save what was changed")
	if now := contents(t, "clarion-demo/playbooks.yaml"); now != strings.Replace(before, "check_in: 21 days", "check_in: 28 days", 1) {
		t.Errorf("playbooks.yaml is now:\n%s\n%s", now, b.text())
	}
	b.open("/playbooks/new-member-welcome")
	b.press("Edit the words of welcome")
	b.says("Other words take away trust")
	b.look("words", rules)
	b.fill("The", "Hello {{ or member.first_name \"friend\" }},\n\nwe are glad that **you** are here.\n")
	b.do("showing the picture", chromedp.Click(chromedp.CSS("button.show")))
	b.picture("words-shown")
	b.press("Save these words")
	found := false
	err := filepath.Walk("clarion-demo/letters", func(path string, _ os.FileInfo, err error) error {
		if err == nil && strings.HasSuffix(path, ".md") {
			found = found || strings.Contains(contents(t, path), "we are glad that **you** are here.")
		}
		return err
	})
	if err != nil || !found {
		t.Errorf("the words were not saved (%v):\n%s", err, b.text())
	}
	b.fill("The", "Hello {{ member.frist_name }},\n")
	b.press("Save these words")
	b.says("That was not saved")
}

// The stop button is on every page, and letters go again only with a word of the
// Secretary or the Chair.
func TestBrowserStop(t *testing.T) {
	chrome, rules := chromium(t), axe(t)
	s := openSite(t, demoMoment)
	b := sit(t, chrome, s.base)
	s.letIn(b, "treasurer")
	b.open("/tasks")
	b.press("Stop")
	b.fill("Why", "the date in it is wrong <script>")
	b.press("Stop every letter now")
	b.says("Everything is stopped.", "the date in it is wrong <script>")
	b.look("stopped", rules)
	if !strings.Contains(s.demo("status"), "the date in it is wrong") {
		t.Error("clarion status does not say that everything is stopped")
	}
	other := sit(t, chrome, s.base)
	s.letIn(other, "secretary")
	other.press("Everything is stopped")
	other.fill("What has been put right", "mended")
	other.press("Let letters go again")
	other.silent("Everything is stopped.")
}

// What is printed is the page, without what is only there to be pressed.
func TestBrowserPrint(t *testing.T) {
	chrome := chromium(t)
	s := openSite(t, demoMoment)
	b := sit(t, chrome, s.base)
	s.letIn(b, "membership_officer")
	for _, path := range []string{"/plan", "/diary", "/tasks"} {
		b.open(path)
		pdf, err := chromedp.Run(b.ctx, chromedp.PrintToPDF())
		if err != nil || len(pdf) < 4000 {
			t.Errorf("%s prints %d bytes: %v", path, len(pdf), err)
		}
		if dir := os.Getenv("CLARION_PICTURES"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, "print"+strings.ReplaceAll(path, "/", "-")+".pdf"), pdf, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		b.do("looking at it as paper", media("print"))
		if seen := ask[string](b, `[...document.querySelectorAll("nav[aria-label=Pages], header .stop, button, footer form")].filter(e => e.checkVisibility()).map(e => e.outerHTML).join()`); seen != "" {
			t.Errorf("on the paper of %s there is something to press: %s", path, seen)
		}
		if ask[bool](b, `document.querySelector("h1").checkVisibility()`) == false {
			t.Errorf("the paper of %s has no heading", path)
		}
		b.do("back to the screen", media(""))
	}
}

// A page elsewhere cannot press a button here, and nothing shown runs.
func TestBrowserHostile(t *testing.T) {
	chrome := chromium(t)
	s := openSite(t, demoMoment, func() {
		f := "clarion-demo/data/members-2026-11-02.csv"
		bad := strings.Replace(contents(t, f), ",Bernard,Hollis,", ",\"<img src=x onerror=window.harmed=1>\",\"\u202e<script>window.harmed=1</script>\",", 1)
		if err := os.WriteFile(f, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
	})
	s.demo("run")
	b := sit(t, chrome, s.base)
	s.letIn(b, "membership_officer")
	named := false
	for _, path := range []string{"/", "/plan", "/people?q=" + url.QueryEscape("<img"), "/records/members/A150001", "/log", "/data/members"} {
		b.open(path)
		if ask[bool](b, `!!window.harmed || !!document.querySelector("main img, main script:not([src])")`) {
			t.Errorf("on %s a name has become part of the page", path)
		}
		named = named || strings.Contains(b.text(), "<img src=x")
	}
	if !named {
		t.Error("no page shows the name, so nothing was tried")
	}
}
