package plan

import (
	"fmt"
	"io/fs"
	"slices"

	"github.com/clarion-clp/clarion/engine/playbook"
)

// A Verdict is what the playbook's own tests say of it.
type Verdict struct {
	playbook.Mutant
	Lives  bool   // it loads: what does not is no mutant
	Caught string // the test that failed; empty: none did
	Excuse string // why none can, where the tests say so
}

// Survived reports a mutant that should have been caught and was not.
func (v Verdict) Survived() bool { return v.Lives && v.Caught == "" && v.Excuse == "" }

// Judge runs a playbook's own tests on mutants of it. Excused are the mutants
// that the tests call equivalent: they are tried as well, because one that is
// caught needs no excuse.
func Judge(m playbook.Mutant, excused []playbook.Equivalent) (Verdict, error) {
	v := Verdict{Mutant: m}
	tests, faults, err := playbook.LoadTests(m.Library(), nil)
	if err != nil {
		return v, fmt.Errorf("loading a mutant: %w", err)
	}
	if len(faults) > 0 || len(tests) == 0 {
		return v, nil
	}
	v.Lives = true
	for _, t := range tests {
		if r := try(t, true); len(r.failures) > 0 {
			v.Caught = t.Name
			return v, nil
		}
	}
	for _, e := range excused {
		if e.Mutant == m.Name {
			v.Excuse = e.Because
		}
	}
	return v, nil
}

// A Toll is what became of the mutants of one playbook.
type Toll struct {
	Playbook                string
	Lived, Caught, Survived int
	Survivors, Excused      []Verdict
	// Idle are the excuses that excuse nothing: their mutant is caught, does not
	// load or is not made.
	Idle []playbook.Equivalent
}

// Share is how many of a hundred mutants were caught, rounded down; those that
// none can catch are not counted.
func (t Toll) Share() int {
	if n := t.Lived - len(t.Excused); n > 0 {
		return 100 * t.Caught / n
	}
	return 100
}

// Mutate judges the mutants of a playbook of a library; of a large number it
// takes every nth, but one of each, which is enough to see that the tests bite. It is an error
// if the playbook's own tests fail without any mistake.
func Mutate(library fs.FS, name string, every int) (Toll, error) {
	toll := Toll{Playbook: name}
	all, err := playbook.Mutants(library, name)
	if err != nil {
		return toll, err
	}
	excused, err := playbook.Equivalents(library, name)
	if err != nil {
		return toll, err
	}
	every = max(1, min(every, len(all)/2)) // one of each, however short it is
	for i, m := range all {
		if i > 0 && i%every != 0 {
			continue
		}
		v, err := Judge(m, excused)
		if err != nil {
			return toll, err
		}
		if i == 0 {
			if !v.Lives {
				return toll, fmt.Errorf("%s has no tests that load", name)
			}
			if v.Caught != "" {
				return toll, fmt.Errorf("%s fails its own test %q before any mistake is made", name, v.Caught)
			}
			continue
		}
		toll.add(v)
	}
	if every == 1 {
		toll.Idle = slices.DeleteFunc(excused, func(e playbook.Equivalent) bool {
			return slices.ContainsFunc(toll.Excused, func(v Verdict) bool { return v.Name == e.Mutant })
		})
	}
	return toll, nil
}

func (t *Toll) add(v Verdict) {
	switch {
	case !v.Lives:
		return
	case v.Caught != "":
		t.Caught++
	case v.Excuse != "":
		t.Excused = append(t.Excused, v)
	default:
		t.Survived++
		t.Survivors = append(t.Survivors, v)
	}
	t.Lived++
}
