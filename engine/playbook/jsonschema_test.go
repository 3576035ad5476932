package playbook_test

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

// validators compiles the schema of every kind of file with a validator that is
// not ours, and holds each against the draft it claims to follow.
func validators(t *testing.T, set *playbook.Set) map[string]*jsonschema.Schema {
	t.Helper()
	out := map[string]*jsonschema.Schema{}
	kinds, files := playbook.SchemaKinds()
	if len(kinds) != len(files) {
		t.Fatal("each kind has a pattern of its files")
	}
	for _, kind := range kinds {
		data, err := set.JSONSchema(kind)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		c := jsonschema.NewCompiler()
		c.AssertFormat()
		if err := c.AddResource(kind+".json", doc); err != nil {
			t.Fatal(err)
		}
		if out[kind], err = c.Compile(kind + ".json"); err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
	}
	return out
}

// plainYAML is a file as an editor's schema support sees it.
func plainYAML(n *yaml.Node) any {
	switch n.Kind {
	case yaml.DocumentNode:
		return plainYAML(n.Content[0])
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = plainYAML(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := []any{}
		for _, c := range n.Content {
			list = append(list, plainYAML(c))
		}
		return list
	}
	var v any
	switch n.ShortTag() {
	case "!!int":
		var i int64
		if n.Decode(&i) == nil {
			return float64(i)
		}
	case "!!float", "!!bool", "!!null":
		if n.Decode(&v) == nil {
			return v
		}
	}
	return n.Value
}

func parseYAML(data []byte) (any, bool) {
	var n yaml.Node
	if yaml.Unmarshal(data, &n) != nil || len(n.Content) == 0 {
		return nil, false
	}
	return plainYAML(&n), true
}

// kindOf says which schema a file of the library belongs to.
func kindOf(name string) string {
	dir, base, _ := strings.Cut(name, "/")
	switch {
	case name == "roles.yaml", name == "promotion.yaml", name == "synonyms.yaml":
		return strings.TrimSuffix(name, ".yaml")
	case dir == "data":
		return "dataset"
	case name == "law/bank-holidays.yaml":
		return "bank-holidays"
	case dir == "law":
		return "law"
	case strings.HasSuffix(base, ".test.yaml"):
		return "tests"
	}
	return "playbook"
}

func TestTheSchemasAcceptEverythingThatShips(t *testing.T) {
	all := validators(t, load(t, nil))
	seen := map[string]int{}
	check := func(kind, file string, data []byte) {
		t.Helper()
		v, ok := parseYAML(data)
		if !ok {
			t.Fatalf("%s cannot be read", file)
		}
		seen[kind]++
		if err := all[kind].Validate(v); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	err := fs.WalkDir(playbooks.Library, ".", func(file string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(file, ".yaml") {
			data, err := fs.ReadFile(playbooks.Library, file)
			if err != nil {
				return err
			}
			check(kindOf(file), file, data)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/examples/*.yaml")
	if err != nil || len(files) < 9 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		kind := map[string]string{"constituency.yaml": "constituency", "playbooks.yaml": "playbooks", "new-member-welcome.test.yaml": "tests"}[filepath.Base(file)]
		if kind == "" {
			kind = "playbook"
		}
		check(kind, file, data)
	}
	kinds, _ := playbook.SchemaKinds()
	for _, kind := range kinds {
		if seen[kind] == 0 {
			t.Errorf("no file was held against the schema of %s", kind)
		}
	}
}

// The bad files whose structure alone is wrong are refused by the schema too.
// The others need more than one place to judge: the loader finds those.
func TestTheSchemasRefuseWrongStructure(t *testing.T) {
	all := validators(t, load(t, nil))
	wrong := map[string]bool{}
	for _, name := range strings.Fields(`cap constituency-dataset constituency-hour constituency-key constituency-nation constituency-quiet constituency-share
		law-no-kind law-no-source list-for-text no-steps no-subject no-to null schema-kind setting-type step-both step-id tailoring-key tailoring-on for-shape constituency-mail setting-money-comma
		trust unknown-step-key unknown-top-key wrong-basis wrong-role nothing-after`) {
		wrong[name] = true
	}
	missed := maps.Clone(wrong)
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		v, ok := parseYAML(data)
		if !ok {
			continue // no YAML at all
		}
		kind := "playbook"
		if as, ok := strings.CutPrefix(strings.Split(string(data), "\n")[1], "# as: "); ok {
			if name, ships := strings.CutPrefix(as, "library "); ships {
				kind = kindOf(name)
			} else if kind = strings.TrimSuffix(filepath.Base(as), ".yaml"); kind != "constituency" && kind != "playbooks" {
				kind = "playbook"
			}
		}
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		refused := all[kind].Validate(v) != nil
		switch {
		case wrong[name] && !refused:
			t.Errorf("the schema of %s accepts %s", kind, name)
		case refused && !wrong[name]:
			t.Logf("the schema of %s refuses %s too", kind, name)
		}
		delete(missed, name)
	}
	if len(missed) > 0 {
		t.Errorf("there are no such files: %v", missed)
	}
}

func TestTheSchemaOfNothing(t *testing.T) {
	if _, err := load(t, nil).JSONSchema("letters"); err == nil || !strings.Contains(err.Error(), "playbook") {
		t.Errorf("the error is %v, and does not say what there is", err)
	}
}

// Every key that the loader reads by is in a schema with words that explain it.
func TestTheSchemasExplainEveryKey(t *testing.T) {
	set := load(t, nil)
	kinds, _ := playbook.SchemaKinds()
	for _, kind := range kinds {
		data, err := set.JSONSchema(kind)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := set.JSONSchema(kind); !bytes.Equal(data, again) {
			t.Errorf("the schema of %s is not the same twice", kind)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		root := doc.(map[string]any)
		if kind == "playbook" {
			for name, p := range root["properties"].(map[string]any) {
				if d, _ := p.(map[string]any)["description"].(string); !strings.HasSuffix(d, ".") {
					t.Errorf("%s is explained by %q", name, d)
				}
			}
		}
	}
}
