package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

type schemaCmd struct {
	Kind string `arg:"" optional:"" help:"Of which files: playbook, tests, constituency, playbooks, dataset, roles, law or bank-holidays." default:"playbook"`
	Into string `help:"Write the schemas of all kinds into this folder." placeholder:"FOLDER"`
}

func (*schemaCmd) Help() string {
	return examples(`clarion schema`, `clarion schema constituency`, `clarion schema --into .schema`)
}

// Run prints a JSON Schema, or writes all of them where editors find them.
func (c *schemaCmd) Run(s *session) error {
	folder, err := filepath.Abs(s.Folder)
	if err != nil {
		return fmt.Errorf("finding the folder: %w", err)
	}
	set, err := playbook.Load(playbooks.Library, nil)
	if err != nil {
		return err
	}
	kinds, files := playbook.SchemaKinds()
	if c.Into == "" {
		if !slices.Contains(kinds, c.Kind) {
			return usage("there is no schema of %s; there is one of %s", c.Kind, strings.Join(kinds, ", "))
		}
		text, err := set.JSONSchema(c.Kind)
		if err != nil {
			return err
		}
		_, err = s.out.Write(text)
		return err
	}
	into := within(folder, c.Into)
	if err := os.MkdirAll(into, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("making the folder for the schemas: %w", err)
	}
	s.out.say("Put the line into the first line of a file, and your editor shows what each key means:")
	var rows [][]string
	for i, kind := range kinds {
		text, err := set.JSONSchema(kind)
		if err != nil {
			return err
		}
		name := filepath.Join(into, kind+".json")
		if err := os.WriteFile(name, text, 0o644); err != nil {
			return fmt.Errorf("writing a schema: %w", err)
		}
		rows = append(rows, []string{files[i], "# yaml-language-server: $schema=" + filepath.ToSlash(name)})
	}
	s.out.hints(rows)
	return nil
}
