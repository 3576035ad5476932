package store

import (
	"strings"
	"testing"
)

func TestVersionsOfPlaybooks(t *testing.T) {
	s := open(t, "")
	one, two := strings.Repeat("1", 64), strings.Repeat("2", 64)
	update(t, s, func(tx *Tx) error {
		if _, found, err := tx.LastVersion("tea"); err != nil || found {
			t.Errorf("a version before any was kept: %v, %v", found, err)
		}
		for i, v := range []Version{
			{Playbook: "tea", Digest: one, Body: "first", Stored: noon},
			{Playbook: "tea", Digest: two, Body: "second", Stored: noon.AddDate(0, 0, 1)},
			{Playbook: "tea", Digest: two, Body: "second again", Stored: noon.AddDate(0, 0, 2)},
			{Playbook: "cake", Digest: strings.Repeat("4", 64), Body: "other", Stored: noon.AddDate(0, 0, 3)},
		} {
			if err := tx.SaveVersion(v); err != nil {
				t.Fatalf("%d: %v", i, err)
			}
		}
		return nil
	})
	view(t, s, func(tx *Tx) error {
		last, found, err := tx.LastVersion("tea")
		if err != nil || !found || last.Digest != two || last.Body != "second again" || !last.Stored.Equal(noon.AddDate(0, 0, 2)) {
			t.Errorf("the last is %+v, %v, %v", last, found, err)
		}
		first, found, err := tx.Version("tea", one)
		if err != nil || !found || first.Body != "first" || !first.Stored.Equal(noon) {
			t.Errorf("the first is %+v, %v, %v", first, found, err)
		}
		if _, found, err := tx.Version("cake", one); err != nil || found {
			t.Errorf("another playbook's version: %v, %v", found, err)
		}
		return nil
	})
}
