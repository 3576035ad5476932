package store

import (
	"testing"
	"time"
)

// TestInbound: a message is had once, by its place or by what it says; what is
// shown of it is gone once a person has decided.
func TestInbound(t *testing.T) {
	s := open(t, "")
	m := Inbound{Validity: 7, UID: 3, Content: "a", Received: noon, Taken: noon, Kind: "list", Result: "for a person", Sender: "hash", Waiting: true,
		Folder: "Clarion/Files", Shown: InboundText{From: "jo@example.org", Subject: "List", Why: "not named", Files: []string{"a.csv"}, List: "members"}}
	var id int64
	update(t, s, func(tx *Tx) (err error) { id, err = tx.SaveInbound("box", m); return err })
	had := func(box string, validity, uid uint32, content string) (yes bool) {
		update(t, s, func(tx *Tx) (err error) {
			yes, err = tx.HadInbound(box, Inbound{Validity: validity, UID: uid, Content: content})
			return err
		})
		return yes
	}
	for _, c := range []struct {
		box           string
		validity, uid uint32
		content       string
		want          bool
	}{{"box", 7, 3, "a", true}, {"box", 7, 3, "b", true}, {"box", 7, 4, "b", false}, {"other", 7, 3, "a", false}, {"box", 8, 9, "a", true}} {
		if got := had(c.box, c.validity, c.uid, c.content); got != c.want {
			t.Errorf("%+v: had %t", c, got)
		}
	}
	var twice error
	_ = s.Update(t.Context(), func(tx *Tx) error { _, twice = tx.SaveInbound("box", m); return twice })
	if twice == nil {
		t.Error("one message was kept twice")
	}
	counter := changes(t, s)
	update(t, s, func(tx *Tx) error { return tx.MoveCursor("box", 8, 12, noon.Add(time.Minute)) })
	if changes(t, s) != counter {
		t.Error("that a mailbox was looked into counts as a change")
	}
	view(t, s, func(tx *Tx) error {
		if v, u, at, err := tx.Cursor("box"); err != nil || v != 8 || u != 12 || !at.Equal(noon.Add(time.Minute)) {
			t.Errorf("the cursor is %d, %d, %s, %v", v, u, at, err)
		}
		if unfiled, err := tx.Unfiled("box"); err != nil || len(unfiled) != 0 {
			t.Errorf("%d messages are to be filed before anybody decided: %v", len(unfiled), err)
		}
		list, err := tx.Inbound(0)
		if err != nil || len(list) != 1 || list[0].Validity != 8 || list[0].UID != 9 || list[0].Shown.Subject != "List" || list[0].Shown.List != "members" {
			t.Errorf("what waits is %+v, %v", list, err)
		}
		_, _, waiting, err := tx.FromSender("hash", noon.Add(-time.Hour))
		if err != nil || waiting != 1 {
			t.Errorf("%d of the sender wait, %v", waiting, err)
		}
		return nil
	})
	update(t, s, func(tx *Tx) error { return tx.DecideInbound(id, "seen to", 1, 100) })
	view(t, s, func(tx *Tx) error {
		unfiled, err := tx.Unfiled("box")
		if err != nil || len(unfiled) != 1 || unfiled[0].Shown.From != "" {
			t.Errorf("to be filed: %+v, %v", unfiled, err)
		}
		files, bytes, waiting, err := tx.FromSender("hash", noon.Add(-time.Hour))
		if err != nil || files != 1 || bytes != 100 || waiting != 0 {
			t.Errorf("of the sender: %d files, %d bytes, %d wait, %v", files, bytes, waiting, err)
		}
		return nil
	})
	update(t, s, func(tx *Tx) error { return tx.Filed(id, noon) })
	view(t, s, func(tx *Tx) error {
		if unfiled, err := tx.Unfiled("box"); err != nil || len(unfiled) != 0 {
			t.Errorf("%d are filed twice, %v", len(unfiled), err)
		}
		return nil
	})
}
