package main

import (
	"reflect"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// TestNarrow: whatever the part of the command line understands, the whole
// understands in the same way; and the part is enough for each command.
func TestNarrow(t *testing.T) {
	var c cli
	whole, err := kong.New(&c)
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{"-C plan plan", "-C plan trust x", "--on +7 plan trust", "plan --json", "--json plan --all", "plan --nonsense", "plan x y z", "trust plan",
		"--as plan version", "-Cplan version", "--folder=plan", "version version", "-- plan", "plan -- version", "-C", "", "next", "explain plan"}
	for _, n := range whole.Model.Children {
		lines = append(lines, n.Name, "-C here --json "+n.Name, n.Name+" a", n.Name+" a b", n.Name+" list")
		if part := c.narrow([]string{n.Name}); !part.IsValid() && n.Name != "complete" {
			t.Errorf("no part for %s", n.Name)
		}
	}
	for _, line := range lines {
		args := strings.Fields(line)
		part := c.narrow(args)
		if !part.IsValid() {
			continue
		}
		some, err := kong.New(part.Interface())
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		k, err := some.Parse(args)
		if err != nil {
			continue
		}
		var all, taken cli
		p, err := kong.New(&all)
		if err != nil {
			t.Fatal(err)
		}
		want, err := p.Parse(args)
		if err != nil {
			t.Errorf("%q: the part takes it, and the whole says %v", line, err)
			continue
		}
		if taken.widen(part); k.Command() != want.Command() {
			t.Errorf("%q: %s, and the whole %s", line, k.Command(), want.Command())
		}
		for i := range part.Elem().NumField() {
			name := part.Elem().Type().Field(i).Name
			one, other := reflect.ValueOf(taken).FieldByName(name).Interface(), reflect.ValueOf(all).FieldByName(name).Interface()
			if !reflect.DeepEqual(one, other) {
				t.Errorf("%q: %s is %+v, and of the whole %+v", line, name, one, other)
			}
		}
	}
}
