package plan_test

import (
	"os"
	"strconv"
	"sync"
	"testing"

	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

// Nine in ten of the mistakes that can be made in a shipped playbook are caught
// by its own tests. With CLARION_MUTANTS=1 every mistake is tried, with 5 every
// fifth; otherwise one or two of each playbook.
func TestShippedPlaybooksCatchTheirMutants(t *testing.T) {
	every := 1000
	if text := os.Getenv("CLARION_MUTANTS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("CLARION_MUTANTS=%s: %v", text, err)
		}
		every = n
	}
	set, err := playbook.Load(playbooks.Library, nil)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.Mutex
	lived, caught := 0, 0
	t.Cleanup(func() {
		if 10*caught < 9*lived {
			t.Errorf("the tests catch %d of %d mutants, and should catch nine in ten", caught, lived)
		}
	})
	for _, pb := range set.Playbooks {
		t.Run(pb.Name, func(t *testing.T) {
			t.Parallel()
			toll, err := plan.Mutate(playbooks.Library, pb.Name, every)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d mutants, %d caught, %d excused: %d of a hundred", toll.Lived, toll.Caught, len(toll.Excused), toll.Share())
			all.Lock()
			lived, caught = lived+toll.Lived, caught+toll.Caught
			all.Unlock()
			for _, v := range toll.Survivors {
				t.Logf("survived: %s:%d %s", v.File, v.Line, v.Name)
			}
			for _, e := range toll.Idle {
				t.Errorf("%s:%d: nothing survives that needs the excuse %q", e.File, e.Line, e.Mutant)
			}
			if every < 10 && toll.Lived == 0 {
				t.Error("no mutant lives")
			}
			if every == 1 && toll.Share() < 90 {
				t.Errorf("the tests catch %d of a hundred mutants, and should catch 90", toll.Share())
			}
		})
	}
}
