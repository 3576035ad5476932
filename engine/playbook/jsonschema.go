package playbook

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A node is a JSON Schema or a part of one.
type node = map[string]any

// A shape says what may stand under a key, as a JSON Schema.
type shape func(*schemaMaker) node

// A schemaMaker gathers the forms that a schema refers to.
type schemaMaker struct {
	set   *Set
	forms map[string]form
	defs  node
}

// inForms are the forms that others hold, by the name they have in a schema.
func inForms() map[string]form {
	return map[string]form{
		"setting": settingForm, "step": stepForm, "answer": answerForm, "tailoring": tailoringForm, "also": alsoForm, "own_step": ownStepForm,
		"quiet": quietForm, "budget": budgetForm, "brakes": brakesForm, "earning": earningForm, "review": reviewForm, "stages": stagesForm, "mail": mailForm, "send": sendForm, "mailbox": mailboxForm, "web": webForm, "dkim": dkimForm,
		"source": sourceForm, "own_law": ownLawForm, "column": columnForm, "role": roleForm, "own_role": ownRoleForm, "figure": figureForm, "law_entry": lawEntryForm,
		"holiday": holidayForm, "test": testForm, "equivalent": equivalentForm, "day": dayForm, "reply": replyForm, "end": endForm,
	}
}

// schemaKinds are the files that there is a schema for: what each is, and the
// shape of the whole file.
var schemaKinds = []struct {
	name, title, match string
	is                 shape
}{
	{"playbook", "A playbook", "playbooks/*.yaml", func(m *schemaMaker) node { return m.form(playbookForm) }},
	{"tests", "The tests of a playbook", "*.test.yaml", func(m *schemaMaker) node { return m.form(testsForm) }},
	{"constituency", "What Clarion knows of a constituency party", constituencyFile, func(m *schemaMaker) node { return m.form(constituencyForm) }},
	{"playbooks", "What a constituency makes of the library", tailoringFile, mapOf(anyOf(oneOf("off"), in("tailoring")))},
	{"dataset", "The shape of a dataset", "data/*.yaml", func(m *schemaMaker) node { return m.form(datasetForm) }},
	{"roles", "The table of roles", "roles.yaml", byName(in("role"))},
	{"law", "Figures of the law", "law/*.yaml", byName(in("figure"))},
	{"promotion", "Words by which a letter promotes something", promotionFile, func(m *schemaMaker) node { return m.form(promotionForm) }},
	{"synonyms", "Words by which officers look for a duty", synonymsFile, func(m *schemaMaker) node { return m.form(synonymsForm) }},
	{"bank-holidays", "Bank holidays", "law/bank-holidays.yaml", func(m *schemaMaker) node { return m.form(holidaysForm) }},
}

// SchemaKinds lists the kinds of files that JSONSchema knows, with a pattern of
// the files' names.
func SchemaKinds() (kinds, files []string) {
	for _, k := range schemaKinds {
		kinds, files = append(kinds, k.name), append(files, k.match)
	}
	return kinds, files
}

// JSONSchema gives the schema (draft 2020-12) of a kind of file, for editors:
// they show what each key means, complete it and mark what cannot be. It is made
// of the tables that the loader reads by. What needs more than one place to
// judge, conditions above all, only the loader checks.
func (s *Set) JSONSchema(kind string) ([]byte, error) {
	i := slices.IndexFunc(schemaKinds, func(k struct {
		name, title, match string
		is                 shape
	}) bool {
		return k.name == kind
	})
	if i < 0 {
		kinds, _ := SchemaKinds()
		return nil, fmt.Errorf("there is no schema of %q; there is one of %s", plain(kind), orList(kinds))
	}
	m := &schemaMaker{set: s, forms: inForms(), defs: node{}}
	root := schemaKinds[i].is(m)
	root["$schema"], root["title"] = "https://json-schema.org/draft/2020-12/schema", schemaKinds[i].title
	if len(m.defs) > 0 {
		root["$defs"] = m.defs
	}
	out, err := json.MarshalIndent(root, "", "  ") // map keys come out sorted
	if err != nil {
		return nil, fmt.Errorf("writing the schema: %w", err)
	}
	return append(out, '\n'), nil
}

// form is the schema of a form.
func (m *schemaMaker) form(f form) node {
	properties := node{}
	for _, k := range f.fields {
		p := k.is(m)
		if _, ref := p["$ref"]; ref {
			p = node{"allOf": []node{p}}
		}
		if k.about != "" {
			p["description"] = k.about
		}
		properties[k.name] = p
	}
	n := node{"type": "object", "properties": properties, "additionalProperties": false}
	if r := f.required(); len(r) > 0 {
		n["required"] = r
	}
	if len(f.either) > 0 {
		var one []node
		for _, name := range f.either {
			one = append(one, node{"required": []string{name}})
		}
		n["oneOf"] = one
	}
	return n
}

// in refers to a form by its name.
func in(name string) shape {
	return func(m *schemaMaker) node {
		if _, done := m.defs[name]; !done {
			m.defs[name] = node{} // a form may hold itself
			m.defs[name] = m.form(m.forms[name])
		}
		return node{"$ref": "#/$defs/" + name}
	}
}

// The shapes of plain values. YAML reads some texts as numbers or as yes and no;
// the language takes them as they are written.
func aText(*schemaMaker) node {
	return node{"type": []string{"string", "number", "boolean"}, "minLength": 1}
}
func anything(*schemaMaker) node { return node{"not": node{"type": "null"}} }
func aName(*schemaMaker) node    { return node{"type": "string", "pattern": "^[a-z_][a-z0-9_]{0,59}$"} }
func aWord(*schemaMaker) node    { return node{"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]*$"} }
func yesOrNo(*schemaMaker) node  { return node{"enum": []any{"yes", "no", true, false}} }
func aDay(*schemaMaker) node {
	return node{"type": "string", "pattern": `^\d{4}-\d{2}-\d{2}$`}
}
func anHour(*schemaMaker) node { return node{"type": "string", "pattern": `^\d{2}:\d{2}$`} }
func aDuration(*schemaMaker) node {
	return node{"type": "string", "pattern": `^\d+ (hour|day|clear day|working day|uk working day|week|month|year)s?$`}
}
func aFor(*schemaMaker) node { return node{"type": "string", "pattern": `^\s*\S+\s+in\s+\S+\s*$`} }
func aCap(*schemaMaker) node {
	return node{"oneOf": []node{{"type": "integer", "minimum": 1, "maximum": 100000}, {"const": "all"}}}
}
func someTexts(m *schemaMaker) node {
	return node{"oneOf": []node{aText(m), {"type": "array", "items": aText(m), "uniqueItems": true}}}
}
func aRole(m *schemaMaker) node { return node{"enum": sortedNames(m.set.Roles)} }
func aTrust(*schemaMaker) node  { return node{"enum": trustWords} }
func aBasis(*schemaMaker) node  { return node{"enum": basisWords} }
func someFacts(m *schemaMaker) node {
	return m.byDataset(func(s *dataset.Schema) node { return m.record(s, false) }, "object")
}
func someRecords(m *schemaMaker) node {
	lists := m.byDataset(func(s *dataset.Schema) node { return m.record(s, true) }, "array")
	imports := dataset.ImportsSchema() // which kind of report the lists of the day are
	m.defs["record_of_imports"] = m.record(imports, true)
	lists["properties"].(node)["imports"] = node{"type": "array", "items": node{"$ref": "#/$defs/record_of_imports"}}
	return lists
}

// like is a text of a form.
func like(re string) shape {
	return func(*schemaMaker) node { return node{"type": "string", "pattern": re} }
}

// oneOf is one of a few words.
func oneOf(words ...string) shape { return func(*schemaMaker) node { return node{"enum": words} } }

// aNumber is a whole number between two bounds.
func aNumber(low, high int) shape {
	return func(*schemaMaker) node { return node{"type": "integer", "minimum": low, "maximum": high} }
}

// anyOf is one of several shapes.
func anyOf(shapes ...shape) shape {
	return func(m *schemaMaker) node {
		var list []node
		for _, s := range shapes {
			list = append(list, s(m))
		}
		return node{"anyOf": list}
	}
}

// listOf is a list with something in it.
func listOf(s shape) shape {
	return func(m *schemaMaker) node { return node{"type": "array", "items": s(m), "minItems": 1} }
}

// possiblyEmpty is a list.
func possiblyEmpty(s shape) shape {
	return func(m *schemaMaker) node { return node{"type": "array", "items": s(m)} }
}

// someGrants say by list which classes a role sees.
func someGrants(m *schemaMaker) node {
	n := mapOf(anyOf(oneOf(guarded...), possiblyEmpty(oneOf(guarded...))))(m)
	n["propertyNames"] = node{"enum": append(sortedNames(m.set.Schemas), allLists)}
	return n
}

// mapOf is a mapping with keys of the author's own.
func mapOf(s shape) shape {
	return func(m *schemaMaker) node { return node{"type": "object", "additionalProperties": s(m)} }
}

// byName is a mapping whose keys are names.
func byName(s shape) shape {
	return func(m *schemaMaker) node {
		n := mapOf(s)(m)
		n["propertyNames"] = node{"pattern": "^[a-z_][a-z0-9_]{0,59}$"}
		return n
	}
}

// byDay is a mapping whose keys are days.
func byDay(s shape) shape {
	return func(m *schemaMaker) node {
		n := mapOf(s)(m)
		n["propertyNames"] = node{"pattern": `^\d{4}-\d{2}-\d{2}$`}
		n["minProperties"] = 1
		return n
	}
}

// ofDataset is a mapping whose keys are the datasets that can be imported.
func ofDataset(s shape) shape {
	return func(m *schemaMaker) node {
		n := mapOf(s)(m)
		n["propertyNames"] = node{"enum": sortedNames(m.set.Schemas)}
		return n
	}
}

// byDataset is a mapping from datasets to lists, or mappings by key, of records.
func (m *schemaMaker) byDataset(record func(*dataset.Schema) node, holds string) node {
	properties := node{}
	for _, name := range sortedNames(m.set.Schemas) {
		def := strings.TrimSuffix(holds, "y") + "_of_" + name
		m.defs[def] = record(m.set.Schemas[name])
		ref := node{"$ref": "#/$defs/" + def}
		if holds == "array" {
			properties[name] = node{"type": "array", "items": ref}
		} else {
			properties[name] = node{"type": "object", "additionalProperties": ref}
		}
	}
	return node{"type": "object", "properties": properties, "additionalProperties": false}
}

// record is one record of a dataset; key stands for the key column where there
// is only one.
func (m *schemaMaker) record(s *dataset.Schema, keyed bool) node {
	properties := node{}
	for i := range s.Columns {
		c := &s.Columns[i]
		p := aText(m)
		switch c.Kind {
		case dataset.Choice:
			p = node{"enum": c.Choices}
		case dataset.YesNo:
			p = yesOrNo(m)
		case dataset.Date:
			p = aDay(m)
		}
		if c.About != "" {
			p["description"] = c.About
		}
		properties[c.Name] = p
	}
	if keyed && len(s.Key) == 1 {
		properties["key"] = aText(m)
	}
	return node{"type": "object", "properties": properties, "additionalProperties": false}
}
