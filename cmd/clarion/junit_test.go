package main

import (
	"encoding/xml"
	"os"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// element is any element of XML, to read a report without its own types.
type element struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Text    string     `xml:",chardata"`
	Inside  []element  `xml:",any"`
}

func (e element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// The report is well formed whatever names hold, its counts are those of what
// is in it, and every element stands where JUnit's readers look for it.
func TestJUnit(t *testing.T) {
	test := func(pb, name string) *playbook.Test {
		return &playbook.Test{Playbook: pb, Name: name, File: pb + ".test.yaml", Line: 7}
	}
	results := []plan.Result{
		{Test: test("one", "all is well")},
		{Test: test("one", `a "name" with <markup> & 'signs' ]]> `+"\x01"), Failures: []plan.Failure{
			{File: "one.test.yaml", Line: 9, Text: "on 2026-11-02, not expected: email <b> to jo@example.org"},
			{File: "one.test.yaml", Line: 10, Text: "second"}}},
		{Test: test("two", "also well")},
	}
	faults := []playbook.Fault{{File: "three.test.yaml", Line: 3, Column: 1, Text: `There is no playbook "three".`}}
	file := t.TempDir() + "/r.xml"
	if err := writeJUnit(file, results, faults); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var root element
	if err := xml.Unmarshal(data, &root); err != nil {
		t.Fatalf("%v in\n%s", err, data)
	}
	if root.XMLName.Local != "testsuites" || root.attr("tests") != "4" || root.attr("failures") != "1" || root.attr("errors") != "1" {
		t.Errorf("the head is wrong:\n%s", data)
	}
	want := map[string][3]string{"one": {"2", "1", "0"}, "two": {"1", "0", "0"}, "files": {"1", "0", "1"}}
	for _, s := range root.Inside {
		w := want[s.attr("name")]
		if got := [3]string{s.attr("tests"), s.attr("failures"), s.attr("errors")}; s.XMLName.Local != "testsuite" || got != w {
			t.Errorf("suite %s counts %v, not %v", s.attr("name"), got, w)
		}
		for _, c := range s.Inside {
			if c.XMLName.Local != "testcase" || c.attr("name") == "" || c.attr("classname") != s.attr("name") || c.attr("file") == "" {
				t.Errorf("a case lacks something: %+v", c)
			}
			for _, x := range c.Inside {
				if k := x.XMLName.Local; k != "failure" && k != "error" || x.attr("message") == "" || x.Text == "" {
					t.Errorf("a case holds %+v", x)
				}
			}
		}
		delete(want, s.attr("name"))
	}
	if len(want) > 0 {
		t.Errorf("no suite for %v", want)
	}
	broken := root.Inside[0].Inside[1]
	if name := broken.attr("name"); !strings.HasPrefix(name, `a "name" with <markup> & 'signs' ]]> `) || strings.Contains(name, "\x01") {
		t.Errorf("the name came back as %q", name)
	}
	if text := broken.Inside[0].Text; text != "one.test.yaml:9: on 2026-11-02, not expected: email <b> to jo@example.org\none.test.yaml:10: second" {
		t.Errorf("the failure says %q", text)
	}
}
