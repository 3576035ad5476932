package plan_test

import (
	"os"
	"testing"

	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

// Nine in ten of the mistakes that can be made in a shipped playbook are caught
// by its own tests. Every mistake is tried with CLARION_MUTANTS=all, and every
// few otherwise.
func TestShippedPlaybooksCatchTheirMutants(t *testing.T) {
	every := 12
	if os.Getenv("CLARION_MUTANTS") == "all" {
		every = 1
	}
	set, err := playbook.Load(playbooks.Library, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, pb := range set.Playbooks {
		t.Run(pb.Name, func(t *testing.T) {
			toll, err := plan.Mutate(playbooks.Library, pb.Name, every)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d mutants, %d caught, %d excused: %d of a hundred", toll.Lived, toll.Caught, len(toll.Excused), toll.Share())
			for _, v := range toll.Survivors {
				t.Logf("survived: %s:%d %s", v.File, v.Line, v.Name)
			}
			for _, e := range toll.Idle {
				t.Errorf("%s:%d: nothing survives that needs the excuse %q", e.File, e.Line, e.Mutant)
			}
			if toll.Lived == 0 {
				t.Error("no mutant lives")
			}
			if every == 1 && toll.Share() < 90 {
				t.Errorf("the tests catch %d of a hundred mutants, and should catch 90", toll.Share())
			}
		})
	}
}
