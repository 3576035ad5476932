package console_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/playbook"
)

// file reads a file of the constituency; empty: it is not there.
func (h *house) file(name string) string {
	data, _ := os.ReadFile(filepath.Join(h.folder, filepath.FromSlash(name)))
	return string(data)
}

// TestSettingsArePages: a playbook in words; one value of its settings is written
// into playbooks.yaml and nothing else, by those who may; what is wrong is said
// beside what was typed; what changed meanwhile is not written over.
func TestSettingsArePages(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	mo, chief := h.officer("membership@example.org"), h.local("secretary")
	mo.get("/playbooks").want(t, "the list", 200, "Welcome every new member", "on; its letters go by themselves", "not run yet", "Vice Chair (Membership)", "<h2>Treasurer</h2>")
	if a := mo.get("/playbooks?only=on"); strings.Contains(a.body, "arrears-chase") || !strings.Contains(a.body, "new-member-welcome") {
		t.Errorf("what is on:\n%s", a.body)
	}
	const path = "/playbooks/new-member-welcome"
	page := mo.get(path)
	page.want(t, "the page", 200, "When it begins", "How soon after joining we ask how they are finding it", "a length of time: 14 days, 10 working days, 3 months; from 14 days to 60 days",
		`name="setting.check_in" value="21 days"`, "As the library has it", "Edit the words of welcome", "Its letters go by themselves")
	north := h.officer("north@example.org")
	if a := north.get(path); strings.Contains(a.body, `name="setting.check_in"`) || !strings.Contains(a.body, "21 days") || strings.Contains(a.body, "/letters/welcome") {
		t.Errorf("one who may not set it:\n%s", a.body)
	}
	before, saw := h.file("playbooks.yaml"), page.field(t, "saw")
	for _, to := range []string{"/settings", "/step", "/trust", "/letters/welcome"} {
		north.post(path+to, "saw", saw, "setting.check_in", "30 days", "step", "phone", "to", "off", "level", "observe", "words", "x")
	}
	mo.post(path+"/settings", "saw", saw, "setting.check_in", "3 bananas").want(t, "no duration", 422, "That was not saved", "is not a duration", "Line 1, column", `value="3 bananas"`)
	mo.post(path+"/settings", "saw", saw, "setting.check_in", "90 days").want(t, "too long", 422, "must be at most 60 days")
	if h.file("playbooks.yaml") != before {
		t.Fatalf("what was refused was written: %s", h.file("playbooks.yaml"))
	}
	mo.follow(path+"/settings", "saw", saw, "setting.check_in", "30 days", "setting.ring_after", "5 days").want(t, "saved", 200, "Saved. It holds from now on", `value="30 days"`, "Set here (playbooks.yaml:1)", "by the Vice Chair (Membership), Mo Member")
	if got := h.file("playbooks.yaml"); got != "new-member-welcome: {trust: automatic, settings: {check_in: 30 days}}\n" {
		t.Fatalf("%q", got)
	}
	mo.post(path+"/settings", "saw", saw, "setting.check_in", "40 days").want(t, "of an old page", 409, "Something else has happened meanwhile")
	page = chief.get(path)
	chief.follow(path+"/settings", "saw", page.field(t, "saw"), "usual", "check_in").want(t, "taken back", 200, `value="21 days"`)
	if got := h.file("playbooks.yaml"); got != "new-member-welcome: {trust: automatic, settings: {}}\n" {
		t.Fatalf("%q", got)
	}
	chief.follow(path+"/step", "saw", chief.get(path).field(t, "saw"), "step", "phone", "to", "off").want(t, "a step off", 200, "The step is switched off", "Switch on<")
	chief.follow(path+"/step", "saw", chief.get(path).field(t, "saw"), "step", "phone", "to", "on").want(t, "and on", 200, "Switch off<")
	page = chief.get("/playbooks/arrears-chase")
	page.want(t, "one that is off", 200, "Switch it on, to observe", "What happens")
	chief.follow("/playbooks/arrears-chase/on", "saw", page.field(t, "saw")).want(t, "switched on", 200, "It is switched on", "it only shows what it would do")
	if !strings.HasSuffix(h.file("playbooks.yaml"), "\narrears-chase:\n  trust: each\n") {
		t.Errorf("%s", h.file("playbooks.yaml"))
	}
	chief.follow("/playbooks/arrears-chase/trust", "level", "each", "minute", "EC, item <4>").want(t, "trusted", 200, "every letter asks", "EC, item &lt;4&gt;")
	h.pass(15 * 60 * 1e9)
	chief = h.local("secretary")
	chief.follow("/playbooks/arrears-chase/tests").want(t, "its tests", 200, "tests pass", "What the tests have seen", "step ")
	h.write("playbooks.yaml", h.file("playbooks.yaml")+"fundraising-ladder: {settings: {nothing: 1}}\n")
	h.must(h.Engine.Reload())
	chief.get("/playbooks").want(t, "a fault", 200, "1 fault, so it does not run")
	chief.get("/playbooks/fundraising-ladder").want(t, "where it is", 200, "There is no playbook &#34;fundraising-ladder&#34;", "Line 4, column 1 of playbooks.yaml")
}

// TestWordsArePages: a letter is written in a page, looked at before it is saved,
// sent to whoever writes it, and saved into a file of its own.
func TestWordsArePages(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	mo := h.officer("membership@example.org")
	const path = "/playbooks/new-member-welcome/letters/welcome"
	page := mo.get(path + "?part=call")
	page.want(t, "a part", 200, "In the next week or so somebody from your branch will ring", "Other words take away trust", "letters/new-member-welcome/welcome.call.md", "Send it to myself (membership@example.org)", "The whole letter")
	form := func(words string) []string {
		return []string{"saw", page.field(t, "saw"), "saw_words", page.field(t, "saw_words"), "part", "call", "words", words}
	}
	if csp := page.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "script-src 'self'") || strings.Contains(csp, "unsafe") {
		t.Error(csp)
	}
	_, script, _ := strings.Cut(page.body, `<script src="`)
	script, _, _ = strings.Cut(script, `"`)
	if a := h.ask("GET", script, ""); a.StatusCode != 200 || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/javascript") || strings.Count(a.body, "\n") > 20 {
		t.Errorf("the script %s: %d", script, a.StatusCode)
	}
	before := h.changes()
	shown := mo.post(path+"/picture", form("We ring you, {{ or member.first_name \"friend\" }}.")...)
	shown.want(t, "unsaved words", 200, "We ring you, Jo", "We ring you, friend", "of whom we know nothing", "srcdoc=")
	if csp := shown.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "sandbox") || !strings.Contains(csp, "frame-ancestors 'self'") || strings.Contains(csp, "script") {
		t.Error(csp)
	}
	mo.post(path+"/picture", form("We ring you, {{ member.first_name }}.")...).want(t, "a hole", 200, "It would be held, and not go: member.first_name: it is blank", "{{ or member.first_name")
	mo.post(path+"/picture", form("One.\n\nRing {{ member.shoes }}.")...).want(t, "a fault", 200, "Line 3, column", "letters/new-member-welcome/welcome.call.md", "^")
	mo.get(path+"/picture").want(t, "as it stands", 200, "somebody from your branch will ring")
	mo.post(path+"/send-test", form("We ring you.")...).want(t, "a test", 200, "Sent to membership@example.org", "not saved yet", "We ring you.")
	if h.changes() != before || h.file("letters/new-member-welcome/welcome.call.md") != "" {
		t.Fatal("looking wrote something")
	}
	mo.post(path, form("Ring {{ member.shoes }}.")...).want(t, "faulty words", 422, "That was not saved", "Ring {{ member.shoes }}.", "Line 1, column")
	mo.follow(path, form("We shall not ring.\r\n\r\nNever.")...).want(t, "saved", 200, "Saved. The letter says so", "by the Vice Chair (Membership), Mo Member")
	if got := h.file("letters/new-member-welcome/welcome.call.md"); got != "We shall not ring.\n\nNever.\n" {
		t.Errorf("%q", got)
	}
	if got := h.file("playbooks.yaml"); got != "new-member-welcome: {trust: automatic, letters: {welcome: {call: letters/new-member-welcome/welcome.call.md}}}\n" {
		t.Errorf("%q", got)
	}
	mo.post(path, form("Yes, we shall.")...).want(t, "of an old page", 409)
	whole := mo.get(path)
	whole.want(t, "the whole, with ours", 200, "We shall not ring.", "We shall not ring.\n\nNever.")
	mo.follow(path, "saw", whole.field(t, "saw"), "saw_words", whole.field(t, "saw_words"), "part", "", "words", "Dear friend,\n\nShort.").want(t, "the whole", 200, "Back to the library")
	if got := h.file("playbooks.yaml"); got != "new-member-welcome: {trust: automatic, letters: {welcome: letters/new-member-welcome/welcome.md}}\n" {
		t.Errorf("%q", got)
	}
	whole = mo.get(path)
	mo.follow(path, "saw", whole.field(t, "saw"), "saw_words", whole.field(t, "saw_words"), "part", "", "words", "x", "usual", "yes").want(t, "as the library has it", 200, "Nothing is expected of you")
	mo.get(path+"/nothing").want(t, "no such page", 404)
	mo.get("/playbooks/new-member-welcome/letters/nothing").want(t, "no such letter", 404)
}
