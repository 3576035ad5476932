package engine

import (
	"context"
	"fmt"
	"os"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// Pictures shows a letter in words that are not written yet, as invented people
// would get it: up to so many, and last one of whom nothing is known that the
// letter names. What an editing has faults in has no picture.
func (e *Engine) Pictures(ctx context.Context, ed Editing, most int) ([]plan.Picture, *Edited, error) {
	tried, err := e.TryEditing(ed)
	if err != nil || len(tried.Faults) > 0 {
		return nil, tried, err
	}
	set, err := playbook.Load(e.Library, playbook.Over(os.DirFS(e.Folder), tried.files)) // playing a test changes the set
	if err != nil {
		return nil, nil, fmt.Errorf("loading the playbooks: %w", err)
	}
	if set.Playbook(ed.Playbook) == nil {
		return nil, nil, fmt.Errorf("there is no playbook %s that is switched on here", dataset.Plain(ed.Playbook))
	}
	tests, err := e.specimenTests(ctx, ed.Playbook)
	if err != nil {
		return nil, nil, err
	}
	out := plan.Pictures(tests, set, ed.Step, most)
	if len(out) == 0 { // what ours did not come to, the library's own may
		for _, t := range tests {
			for _, s := range plan.Specimens(t, nil) {
				if s.Step == ed.Step && len(out) == 0 && tried.Same {
					out = append(out, plan.Picture{Content: s.Content})
				}
			}
		}
	}
	return out, tried, nil
}

// specimenTests are the tests of a playbook, signed by who would sign here.
func (e *Engine) specimenTests(ctx context.Context, name string) ([]*playbook.Test, error) {
	tests, _, err := playbook.LoadTests(e.Library, os.DirFS(e.Folder), name)
	if err != nil {
		return nil, fmt.Errorf("loading the tests of %s: %w", name, err)
	}
	for _, t := range tests {
		for i, o := range t.Officers { // they sign, as they would
			if holders, err := e.Own(ctx, o.Role); err != nil {
				return nil, err
			} else if len(holders) > 0 {
				t.Officers[i].Name = holders[0].Name
			}
		}
	}
	return tests, nil
}
