package console

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// live is the one script of these pages: it presses Show when somebody who writes
// stops for a moment. Without it the button is pressed by hand.
var (
	live     = must(files.ReadFile("pages/live.js"))
	liveName = fmt.Sprintf("/live-%.6x.js", sha256.Sum256(live))
)

// mostWords is how long a letter may be that is written in a page.
const mostWords = 64 << 10

// letterPages registers where the words of letters are written.
func (c *Console) letterPages(mux *http.ServeMux, b *bookshelf) {
	mux.HandleFunc("GET "+liveName, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		_, _ = w.Write(live)
	})
	mux.HandleFunc("GET /playbooks/{name}/letters/{letter}", c.needs(maySettings, b.one(b.wording(b.words))))
	mux.HandleFunc("POST /playbooks/{name}/letters/{letter}", c.needs(maySettings, b.one(b.wording(b.saveWords))))
	mux.HandleFunc("GET /playbooks/{name}/letters/{letter}/picture", c.needs(maySettings, b.one(b.wording(b.picture))))
	mux.HandleFunc("POST /playbooks/{name}/letters/{letter}/picture", c.needs(maySettings, b.one(b.wording(b.picture))))
	mux.HandleFunc("POST /playbooks/{name}/letters/{letter}/send-test", c.needs(maySettings, b.one(b.wording(b.sendTest))))
	for _, page := range []string{"", "/picture", "/send-test"} {
		c.takes("POST /playbooks/{name}/letters/{letter}"+page, 4*mostWords)
	}
}

// A written letter is a letter of a page, and the part of it that is written.
type written struct {
	pb   *playbook.Playbook
	of   playbook.Wording
	part string // a block; empty: the whole
	file string // that holds the part, or would
	text string // of the part as it is
	own  bool   // the part is ours
}

// wording finds the letter of a page.
func (b *bookshelf) wording(page func(*visit, *written)) func(*visit, *playbook.Playbook) {
	return func(v *visit, pb *playbook.Playbook) {
		if pb == nil {
			v.gone()
			return
		}
		if !v.mayFor(maySettings, pb.Role) {
			v.forbid(maySettings)
			return
		}
		all := pb.Wordings()
		i := slices.IndexFunc(all, func(w playbook.Wording) bool { return w.Step == v.r.PathValue("letter") })
		if i < 0 {
			v.gone()
			return
		}
		w := &written{pb: pb, of: all[i], part: v.r.FormValue("part")}
		if err := v.find(w); err != nil {
			v.fail(err)
			return
		}
		if w.file == "" {
			v.gone()
			return
		}
		page(v, w)
	}
}

// find says where the part of a letter is written.
func (v *visit) find(w *written) error {
	if w.part != "" {
		i := slices.IndexFunc(w.of.Blocks, func(x playbook.Block) bool { return x.Name == w.part })
		if i < 0 || w.of.Own {
			return nil
		}
		x := w.of.Blocks[i]
		w.text, w.own, w.file = x.Text, x.Own, path.Join("letters", w.pb.Name, w.of.Step+"."+w.part+".md")
		if x.Own {
			w.file = x.File
		}
		return nil
	}
	w.text, w.own, w.file = w.of.Text, w.of.Own, path.Join("letters", w.pb.Name, w.of.Step+".md")
	if !w.of.Own {
		return nil
	}
	w.file = w.of.File
	text, _, err := v.e.OwnText(w.file) // with the marks of its blocks
	w.text = text
	return err
}

// editing is what a form asks for.
func (v *visit) editing(w *written) engine.Editing {
	text := strings.ReplaceAll(v.r.PostFormValue("words"), "\r\n", "\n")
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	ed := engine.Editing{Playbook: w.pb.Name, Step: w.of.Step, Words: map[string]string{w.file: text}, Changes: map[string][]playbook.Change{},
		Saw: map[string]string{w.file: v.r.PostFormValue("saw_words"), tailoringFile: v.r.PostFormValue("saw")}}
	at := []string{w.pb.Name, "letters", w.of.Step}
	switch {
	case w.own:
	case w.part != "":
		ed.Changes[tailoringFile] = []playbook.Change{{Path: append(at, w.part), Text: w.file}}
	default: // the whole takes the place of blocks that stood there
		ed.Changes[tailoringFile] = []playbook.Change{{Path: at, Away: true}, {Path: at, Text: w.file}}
	}
	if v.r.PostFormValue("usual") != "" && w.own && (w.part != "" || w.of.Named) { // the library's words again
		ed.Words = nil
		if w.part != "" {
			at = append(at, w.part)
		}
		ed.Changes[tailoringFile] = []playbook.Change{{Path: at, Away: true}}
	}
	return ed
}

// wordsPage is the page on which a letter is written.
type wordsPage struct {
	Playbook, Title, Step, Subject string
	Name                           string // of the step, for people
	Part                           string
	Parts                          []partLink
	Text, Library, File            string
	Own, Back                      bool
	Saw, SawWords                  string
	Trust                          string // what is lost by writing other words; empty: nothing
	Names                          []string
	Wrong                          []faultWords
	Past                           []pastRow
	To                             string // where a test goes
	Live                           string
	Path                           string
	Fresh                          bool
}

type partLink struct {
	Name, Text string
	Here, Ours bool
}

// words shows a letter and where it is written.
func (b *bookshelf) words(v *visit, w *written) { b.wordsWith(v, w, "", nil) }

func (b *bookshelf) wordsWith(v *visit, w *written, typed string, wrong []faultWords) {
	p := wordsPage{Playbook: w.pb.Name, Title: dataset.Plain(w.pb.Title), Step: w.of.Step, Name: strings.ReplaceAll(w.of.Step, "_", " "), Subject: dataset.Plain(w.of.Subject), Part: w.part,
		Text: strings.TrimRight(w.text, "\n") + "\n", Library: plainLines(w.of.Library), File: dataset.Plain(w.file), Own: w.own, Wrong: wrong, Live: liveName,
		Path: "/playbooks/" + w.pb.Name + "/letters/" + w.of.Step}
	p.Back = w.own && (w.part != "" || w.of.Named && w.of.Library != "")
	if typed != "" {
		p.Text = typed
	}
	p.Parts = append(p.Parts, partLink{Text: "The whole letter", Here: w.part == "", Ours: w.of.Own})
	for _, x := range w.of.Blocks {
		if !w.of.Own {
			p.Parts = append(p.Parts, partLink{Name: x.Name, Text: label(x.Name), Here: x.Name == w.part, Ours: x.Own})
		}
	}
	var err error
	if p.Saw, err = v.e.Print(tailoringFile); err == nil {
		p.SawWords, err = v.e.Print(w.file)
	}
	if err == nil {
		err = b.wordsPast(v, &p, w)
	}
	if err != nil {
		v.fail(err)
		return
	}
	if level := b.stands(v)[w.pb.Name].Level; level == playbook.Batch.String() || level == playbook.Automatic.String() {
		p.Trust = level
	}
	_, p.To = v.ownAddress()
	p.Names = namesFor(w.pb)
	if wrong != nil {
		v.status = http.StatusUnprocessableEntity
	}
	h := v.w.Header()
	h.Set("Content-Security-Policy", h.Get("Content-Security-Policy")+"; script-src 'self'")
	v.page("words", "Words: "+label(w.of.Step), p)
}

// namesFor are what a letter may name of whom it is about.
func namesFor(pb *playbook.Playbook) (out []string) {
	out = append(out, "constituency.name", "today")
	if pb.For == nil {
		return out
	}
	for i := range pb.For.Schema.Columns {
		if c := &pb.For.Schema.Columns[i]; c.Class <= dataset.Name {
			out = append(out, pb.For.Var+"."+c.Name)
		}
	}
	return out
}

// wordsPast tells how the words of this letter came about.
func (b *bookshelf) wordsPast(v *visit, p *wordsPage, w *written) error {
	past, err := b.pastOf(v, w.pb.Name)
	if err != nil {
		return err
	}
	for _, x := range past {
		x.Changes = slices.DeleteFunc(slices.Clone(x.Changes), func(d playbook.Difference) bool { return d.Path != "letter."+w.of.Step })
		if len(x.Changes) == 0 || len(p.Past) == mostPast {
			continue
		}
		x.Step = w.of.Step
		r := v.pastRow(x)
		for i := range r.Changes {
			r.Changes[i].Was, r.Changes[i].Now = apartFrom(r.Changes[i].Was, r.Changes[i].Now)
		}
		p.Past = append(p.Past, r)
	}
	return nil
}

// apartFrom leaves out of two texts the lines that they begin and end with alike.
func apartFrom(was, now string) (string, string) {
	a, b := strings.Split(was, "\n"), strings.Split(now, "\n")
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return strings.Join(a, "\n"), strings.Join(b, "\n")
}

// saveWords writes the words of a letter.
func (b *bookshelf) saveWords(v *visit, w *written) {
	ed := v.editing(w)
	out, err := v.e.Edit(v.steady(), v.voiceFor(w.pb), ed)
	said := "Saved. The letter says so from now on."
	switch {
	case err != nil:
		v.fail(err)
		return
	case len(out.Faults) > 0:
		b.wordsWith(v, w, v.r.PostFormValue("words"), wordsOf(out.Faults))
		return
	case out.Same:
		said = "Nothing was changed: it says so already."
	}
	v.renew()
	to := "/playbooks/" + w.pb.Name + "/letters/" + w.of.Step
	if w.part != "" {
		to += "?part=" + url.QueryEscape(w.part)
	}
	v.done(to, said)
}

// A picture is a letter as an invented person would get it.
type picture struct {
	Head, Subject string
	Page          string // its own document
	Held          string // there is none: why
}

// mostPictures is how many people a letter is shown for, besides one of whom
// nothing is known.
const mostPictures = 3

// picture shows the words that are typed, or those that stand: it is a page for a
// frame, in which each letter has one of its own and runs nothing.
func (b *bookshelf) picture(v *visit, w *written) {
	var list []picture
	var wrong []faultWords
	key := w.pb.Name + "/" + w.of.Step
	if v.r.Method == http.MethodGet {
		b.kept(v.e.Set(), func() { list = b.pictures[key] })
	}
	if list == nil {
		ed := v.editing(w)
		if v.r.Method == http.MethodGet {
			ed = engine.Editing{Playbook: w.pb.Name, Step: w.of.Step}
		}
		found, tried, err := v.e.Pictures(v.r.Context(), ed, mostPictures)
		if err != nil {
			list = []picture{{Held: wholeSentence(err.Error())}}
		} else {
			wrong = wordsOf(tried.Faults)
		}
		for _, x := range found {
			c := x.Content
			one := picture{Head: "To " + person(c.ToName, ""), Subject: dataset.Plain(c.Subject), Page: c.HTML}
			if x.Blanks {
				one.Head = "To somebody of whom we know nothing that the letter names"
			}
			if x.Why != "" {
				one.Held = "It would be held, and not go: " + dataset.Plain(x.Why) + ". Write what to say then: {{ or " + firstName(x.Why) + ` "friend" }}.`
			}
			list = append(list, one)
		}
		if v.r.Method == http.MethodGet && err == nil {
			b.kept(v.e.Set(), func() {
				if len(b.pictures) > 20 {
					clear(b.pictures)
				}
				b.pictures[key] = append([]picture{}, list...)
			})
		}
	}
	showFramed(v, "pictures", struct {
		List  []picture
		Wrong []faultWords
	}{list, wrong})
}

// firstName is the name that a reason begins with.
func firstName(why string) string {
	name, _, _ := strings.Cut(why, ":")
	if strings.ContainsAny(name, " {}") || name == "" {
		return "member.first_name"
	}
	return dataset.Plain(name)
}

// showFramed sends a page that stands in a frame of one of ours. What letters
// bring along is their own style; they load nothing and run nothing.
func showFramed(v *visit, name string, data any) {
	var b bytes.Buffer
	if err := sheets().ExecuteTemplate(&b, name, data); err != nil {
		v.Log.Error("a page failed", "page", name, "err", err)
		http.Error(v.w, "Something failed here, and nothing was changed.", http.StatusInternalServerError)
		return
	}
	h := v.w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Content-Type", "text/html; charset=utf-8")
	_, _ = v.w.Write(b.Bytes())
}

// ownAddress is in which role, and where, whoever is here gets a test.
func (v *visit) ownAddress() (role, address string) {
	for _, role := range v.Seat.Roles {
		own, err := v.e.Own(v.r.Context(), role)
		if err != nil {
			return "", ""
		}
		for _, o := range own {
			if v.Seat.Local() || strings.EqualFold(o.Email, v.Seat.Email) {
				return role, o.Email
			}
		}
	}
	return "", ""
}

// sendTest sends the words that are typed to whoever typed them, and to nobody
// else.
func (b *bookshelf) sendTest(v *visit, w *written) {
	role, to := v.ownAddress()
	if to == "" {
		v.fail(fmt.Errorf("the officers list has no address of yours, and a test goes to no other"))
		return
	}
	found, tried, err := v.e.Pictures(v.r.Context(), v.editing(w), 1)
	switch {
	case err != nil:
		v.fail(err)
		return
	case len(tried.Faults) > 0:
		b.wordsWith(v, w, v.r.PostFormValue("words"), wordsOf(tried.Faults))
		return
	case len(found) == 0 || found[0].Why != "":
		v.fail(fmt.Errorf("no test of the playbook makes this letter, so there is none to send"))
		return
	}
	sent, err := v.e.SendTest(v.steady(), role, to, []engine.Specimen{{Playbook: w.pb.Name, Step: w.of.Step, Content: found[0].Content}})
	if err == nil && (len(sent) == 0 || sent[0].Kind != letter.Delivered) {
		err = fmt.Errorf("the mail server did not take it; the page on mail says more")
	}
	if err != nil {
		v.fail(err)
		return
	}
	// What was typed is not saved, so it is shown again.
	v.known.say(v.cookie(v.r), v.r.URL.Path, "Sent to "+dataset.Plain(to)+", marked as a test. What you have written is not saved yet.")
	b.wordsWith(v, w, v.r.PostFormValue("words"), nil)
}
