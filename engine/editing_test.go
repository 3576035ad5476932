package engine_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// file reads a file of the constituency.
func (h *house) file(name string) string {
	h.t.Helper()
	data, err := os.ReadFile(filepath.Join(h.folder, name))
	if err != nil {
		h.t.Fatal(err)
	}
	return string(data)
}

// saw is what a page shows of some files.
func (h *house) saw(names ...string) map[string]string {
	h.t.Helper()
	out := map[string]string{}
	for _, name := range names {
		print, err := h.Print(name)
		if err != nil {
			h.t.Fatal(err)
		}
		out[name] = print
	}
	return out
}

const handmade = "# ours\r\nnew-member-welcome: {trust: automatic}   # since May\r\narrears-chase: {trust: each}\r\n"

// TestEditing writes one setting and no other byte, keeps what was said before
// and by whom, and is refused where the file is another by then, where it would
// make a fault, and where the file leads elsewhere.
func TestEditing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	h.write("playbooks.yaml", handmade)
	if err := h.Reload(); err != nil {
		t.Fatal(err)
	}
	v := engine.Voice{Role: "membership_officer", Person: 7, Via: "console"}
	setting := func(value string, saw map[string]string) engine.Editing {
		return engine.Editing{Playbook: "new-member-welcome", Saw: saw,
			Changes: map[string][]playbook.Change{"playbooks.yaml": {{Path: []string{"new-member-welcome", "settings", "check_in"}, Text: value}}}}
	}
	shown := h.saw("playbooks.yaml")
	if err := os.Chmod(filepath.Join(h.folder, "playbooks.yaml"), 0o640); err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []string{"99 bananas", "400 days"} {
		out, err := h.Edit(ctx, v, setting(wrong, shown))
		if err != nil || len(out.Faults) != 1 || out.Faults[0].Line != 2 || out.Faults[0].Column == 0 || h.file("playbooks.yaml") != handmade {
			t.Fatalf("%s: %v %+v\n%s", wrong, err, out, h.file("playbooks.yaml"))
		}
	}
	before := h.book().Seq()
	out, err := h.Edit(ctx, v, setting("30 days", shown))
	if err != nil || len(out.Faults) > 0 || out.Same {
		t.Fatalf("%v %+v", err, out)
	}
	want := strings.Replace(handmade, "{trust: automatic}", "{trust: automatic, settings: {check_in: 30 days}}", 1)
	if got := h.file("playbooks.yaml"); got != want {
		t.Fatalf("%q", got)
	}
	if info, err := os.Stat(filepath.Join(h.folder, "playbooks.yaml")); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("its mode is %v", info.Mode())
	}
	if pb := h.Set().Playbook("new-member-welcome"); pb.Settings["check_in"].Origin != "playbooks.yaml" || h.book().Seq() != before+1 {
		t.Errorf("it holds %v after %d events", pb.Settings["check_in"], h.book().Seq()-before)
	}
	if _, err := h.Edit(ctx, v, setting("40 days", shown)); !errors.Is(err, engine.ErrMoved) || h.file("playbooks.yaml") != want {
		t.Errorf("what was shown is another file: %v", err)
	}
	if _, err := h.Edit(ctx, v, setting("40 days", nil)); !errors.Is(err, engine.ErrMoved) {
		t.Errorf("what was not shown at all: %v", err)
	}
	if out, err := h.Edit(ctx, v, setting("30 days", h.saw("playbooks.yaml"))); err != nil || !out.Same || h.book().Seq() != before+1 {
		t.Errorf("the same once more: %v %+v", err, out)
	}
	h.pass(time.Hour)
	back := setting("", h.saw("playbooks.yaml"))
	back.Changes["playbooks.yaml"][0].Away = true
	if _, err := h.Edit(ctx, v, back); err != nil || h.file("playbooks.yaml") != strings.Replace(want, "{check_in: 30 days}", "{}", 1) {
		t.Fatalf("taken back: %v\n%s", err, h.file("playbooks.yaml"))
	}
	past, err := h.History(ctx, "new-member-welcome")
	if err != nil || len(past) != 2 || past[0].By != "membership_officer" || past[0].Person != 7 || len(past[1].Changes) != 0 ||
		len(past[0].Changes) != 1 || past[0].Changes[0].Path != "settings.check_in" || past[0].Changes[0].Then != "30 days" || past[0].Changes[0].Now != "21 days" {
		t.Fatalf("%v %+v", err, past)
	}
	lines, err := h.Decisions(ctx, engine.LogQuery{Playbook: "new-member-welcome", Most: 1})
	if err != nil || len(lines) == 0 || !strings.Contains(lines[0].Words, "changed its settings") || lines[0].Type != (ledger.Edited{}).Type() {
		t.Errorf("%v %+v", err, lines)
	}
	h.write("elsewhere.yaml", h.file("playbooks.yaml"))
	if err := os.Remove(filepath.Join(h.folder, "playbooks.yaml")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("elsewhere.yaml", filepath.Join(h.folder, "playbooks.yaml")); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Edit(ctx, v, setting("40 days", h.saw("playbooks.yaml"))); err == nil || !strings.Contains(err.Error(), "leads to a file elsewhere") {
		t.Errorf("a link was written through: %v", err)
	}
}

// TestEditingWords puts a letter's words into a file of its own, named in
// playbooks.yaml, shows how they would look, and says where they are faulty.
func TestEditingWords(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	v := engine.Voice{Role: "membership_officer", Via: "console"}
	const file = "letters/new-member-welcome/welcome.call.md"
	words := func(text string) engine.Editing {
		return engine.Editing{Playbook: "new-member-welcome", Step: "welcome", Saw: h.saw("playbooks.yaml", file), Words: map[string]string{file: text},
			Changes: map[string][]playbook.Change{"playbooks.yaml": {{Path: []string{"new-member-welcome", "letters", "welcome", "call"}, Text: file}}}}
	}
	out, err := h.Edit(ctx, v, words("We shall ring.\n\nYours, {{ member.shoe_size }}\n"))
	if err != nil || len(out.Faults) != 1 || out.Faults[0].File != file || out.Faults[0].Line != 3 {
		t.Fatalf("%v %+v", err, out)
	}
	if _, err := os.Stat(filepath.Join(h.folder, "letters")); !os.IsNotExist(err) {
		t.Error("faulty words were written")
	}
	good := words("Nobody will ring you, {{ or member.first_name \"friend\" }}.\n")
	pictures, _, err := h.Pictures(ctx, good, 3)
	if err != nil || len(pictures) < 3 {
		t.Fatalf("%v %+v", err, pictures)
	}
	for i, p := range pictures {
		if last := i == len(pictures)-1; p.Blanks != last || !strings.Contains(p.Content.Text, "Nobody will ring you, ") || last && !strings.Contains(p.Content.Text, "ring you, friend") {
			t.Errorf("picture %d, of blanks %t (%s):\n%s", i, p.Blanks, p.Why, p.Content.Text)
		}
	}
	held := words("Nobody will ring you, {{ member.first_name }}.\n")
	if pictures, _, err := h.Pictures(ctx, held, 1); err != nil || len(pictures) != 2 || !pictures[1].Blanks || !strings.Contains(pictures[1].Why, "first_name: it is blank") {
		t.Errorf("with a hole: %v %d %q", err, len(pictures), pictures[len(pictures)-1].Why)
	}
	if out, err = h.Edit(ctx, v, good); err != nil || len(out.Faults) > 0 {
		t.Fatalf("%v %+v", err, out)
	}
	if info, err := os.Stat(filepath.Join(h.folder, file)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the words: %v %v", info, err)
	}
	if got := h.file("playbooks.yaml"); !strings.Contains(got, "letters: {welcome: {call: letters/new-member-welcome/welcome.call.md}}") {
		t.Errorf("%s", got)
	}
	for _, w := range h.Set().Playbook("new-member-welcome").Wordings() {
		if w.Step == "welcome" && (len(w.Blocks) != 1 || !w.Blocks[0].Own || w.Own || !strings.Contains(w.Text, "Nobody will ring you") || strings.Contains(w.Library, "Nobody")) {
			t.Errorf("%+v", w)
		}
	}
	past, err := h.History(ctx, "new-member-welcome")
	if err != nil || len(past) != 2 || past[0].Step != "welcome" || len(past[0].Changes) != 1 || past[0].Changes[0].Path != "letter.welcome" {
		t.Errorf("%v %+v", err, past)
	}
}
