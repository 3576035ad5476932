package console

import (
	"errors"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/document"
)

// recordOn writes something down about a record: a fact, a talk, a reply, a
// complaint, a wish.
func (d *desk) recordOn() {
	t, row, ok := d.recordOf()
	if !ok {
		return
	}
	if d.barred(t.Schema.Name) {
		return
	}
	do := d.r.PostFormValue("do")
	if do != "fact" && t.Schema.Name != "members" {
		d.fail(errors.New("that is written down of members only"))
		return
	}
	say, err := d.write(do, t, row)
	if err != nil {
		d.fail(err)
		return
	}
	d.done(pathTo("records", t.Schema.Name, row.Key), say)
}

// barred answers for who may not write down, or erase, what a list says: who sits
// where needs its own right and a sign-in of the last minutes, here as where the
// list is taken.
func (d *desk) barred(list string) bool {
	switch {
	case list != "officers":
		return false
	case !d.may(mayOfficers):
		d.forbid(mayOfficers)
	case !d.fresh():
		d.askAnew()
	default:
		return false
	}
	return true
}

// write does one of the things that may be written down, and says what was.
func (d *desk) write(do string, t *dataset.Table, row *dataset.Row) (say string, err error) {
	by, why := d.by(), strings.TrimSpace(d.r.PostFormValue("why"))
	scope := d.r.PostFormValue("scope")
	switch do {
	case "fact":
		return d.writeFact(t, row)
	case "contact":
		how := d.r.PostFormValue("how")
		if !slices.Contains(waysToSpeak, how) {
			return "", errors.New("say how you spoke: on the phone, at the door or at a meeting")
		}
		return "Noted. Letters that wait for a talk take it into account.", d.e.Contact(d.steady(), by, row.Key, how, false)
	case "reply":
		return "Noted. A letter that waits for no reply will not follow.", d.e.Contact(d.steady(), by, row.Key, "", true)
	case "complaint":
		fell, err := d.e.Complain(d.steady(), by, row.Key, why)
		say = "Noted. Nothing more is sent to this member."
		if len(fell) > 0 {
			say += " " + document.Names(fell, 5) + " asks for each letter from now on."
		}
		return say, err
	case "suppress", "lift":
		if scope != "all" && scope != "marketing" {
			return "", errors.New("say what is not to be sent: everything, or what promotes something")
		}
		say = "Noted. It is not sent to this member any more."
		if do == "lift" {
			say = "Noted. It is sent to this member again, where it is due."
		}
		return say, d.e.Suppress(d.steady(), by, row.Key, scope, why, do == "lift")
	}
	return "", errLong
}

// writeFact writes a value over the imported one, or withdraws it.
func (d *desk) writeFact(t *dataset.Table, row *dataset.Row) (string, error) {
	column, text := d.r.PostFormValue("column"), strings.TrimSpace(d.r.PostFormValue("value"))
	if _, ok := t.Schema.Column(column); !ok || !d.sees(t.Schema, column) {
		return "", errors.New("choose which column it is")
	}
	if text == "" && d.r.PostFormValue("withdraw") == "" {
		return "", errors.New("write the value; or tick that what was recorded here is withdrawn")
	}
	if text != "" && d.r.PostFormValue("withdraw") != "" {
		return "", errors.New("either write a value, or withdraw the one that was recorded")
	}
	was, is, err := d.e.Record(d.steady(), d.by(), t.Schema.Name, row.Key, column, text)
	if err != nil {
		return "", err
	}
	name := document.Capital(document.Readable(column))
	if text == "" {
		return "What was recorded here is withdrawn; " + name + " is again what the list says.", nil
	}
	show := func(v dataset.Value) string {
		if v.IsBlank() {
			return "blank"
		}
		return dataset.Plain(v.Words(d.clock()))
	}
	return name + " was " + show(was) + " and is now " + show(is) + ". The next import does not change it.", nil
}
