package main

import (
	"encoding/xml"
	"fmt"
	"os"
	"strings"

	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// The shape of a JUnit report, as continuous integration reads it.
type (
	junitReport struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string    `xml:"name,attr"`
		Class   string    `xml:"classname,attr"`
		File    string    `xml:"file,attr"`
		Line    int       `xml:"line,attr,omitempty"`
		Failure *junitWhy `xml:"failure,omitempty"`
		Error   *junitWhy `xml:"error,omitempty"`
	}
	junitWhy struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

// junit makes a report: a suite for each playbook, and one for files that
// could not be read.
func junit(results []plan.Result, faults []playbook.Fault) junitReport {
	r := junitReport{Name: "clarion test"}
	for _, res := range results {
		if n := len(r.Suites); n == 0 || r.Suites[n-1].Name != res.Test.Playbook {
			r.Suites = append(r.Suites, junitSuite{Name: res.Test.Playbook})
		}
		s := &r.Suites[len(r.Suites)-1]
		c := junitCase{Name: res.Test.Name, Class: res.Test.Playbook, File: res.Test.File, Line: res.Test.Line}
		if len(res.Failures) > 0 {
			var lines []string
			for _, f := range res.Failures {
				lines = append(lines, fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Text))
			}
			c.Failure = &junitWhy{Message: res.Failures[0].Text, Type: "difference", Text: strings.Join(lines, "\n")}
			s.Failures++
			r.Failures++
		}
		s.Cases = append(s.Cases, c)
		s.Tests++
		r.Tests++
	}
	if len(faults) > 0 {
		s := junitSuite{Name: "files"}
		for _, f := range faults {
			s.Cases = append(s.Cases, junitCase{Name: f.File, Class: "files", File: f.File, Line: f.Line,
				Error: &junitWhy{Message: f.Text, Type: "fault", Text: f.Error()}})
		}
		s.Tests, s.Errors = len(faults), len(faults)
		r.Tests, r.Errors = r.Tests+s.Tests, s.Errors
		r.Suites = append(r.Suites, s)
	}
	return r
}

// writeJUnit writes the report. What XML cannot hold is replaced by the
// encoder, and markup in names is escaped.
func writeJUnit(file string, results []plan.Result, faults []playbook.Fault) error {
	data, err := xml.MarshalIndent(junit(results, faults), "", "  ")
	if err == nil {
		err = os.WriteFile(file, append([]byte(xml.Header), append(data, '\n')...), 0o644)
	}
	if err != nil {
		return fmt.Errorf("writing the JUnit report: %w", err)
	}
	return nil
}
