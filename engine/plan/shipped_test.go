package plan_test

import (
	"sync"
	"testing"

	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

// Every playbook that ships passes its own tests, and these see every step of
// it.
func TestShippedPlaybooksPassTheirTests(t *testing.T) {
	tests, faults, err := playbook.LoadTests(playbooks.Library, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		t.Error(f)
	}
	if len(tests) == 0 {
		t.Fatal("no playbook has a test")
	}
	var all sync.Mutex
	var ran []plan.Result
	t.Cleanup(func() {
		for _, c := range plan.Coverages(ran) {
			for _, s := range c.Steps {
				if s.Tests == 0 {
					t.Errorf("%s: no test sees the step %s", c.Playbook, s.Name)
				}
			}
		}
	})
	for _, x := range tests {
		t.Run(x.Playbook+"/"+x.Name, func(t *testing.T) {
			t.Parallel()
			r := plan.Run(x)
			for _, f := range r.Failures {
				t.Error(f)
			}
			all.Lock()
			ran = append(ran, r)
			all.Unlock()
		})
	}
}
