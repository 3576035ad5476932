package plan_test

import (
	"testing"

	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

// Every playbook that ships passes its own tests.
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
	for _, x := range tests {
		t.Run(x.Playbook+"/"+x.Name, func(t *testing.T) {
			for _, f := range plan.Try(x) {
				t.Error(f)
			}
		})
	}
}
