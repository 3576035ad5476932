package condition

import (
	"fmt"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/spelling"
)

var kindWords = [...]string{
	dataset.Blank: "nothing", dataset.Text: "a text", dataset.Choice: "a choice", dataset.Number: "a number",
	dataset.Money: "money", dataset.YesNo: "yes or no", dataset.Date: "a date", dataset.Time: "a time",
	dataset.Length: "a length of time", dataset.Person: "a person", dataset.Reference: "a key", dataset.File: "a file",
}

// article names a type in a sentence: "a date", "a record of members".
func article(t dataset.Type) string {
	switch {
	case t.Record != nil:
		return "a record of " + t.Record.Name
	case t.Fields != nil:
		return "a group of fields"
	case t.List != nil && t.List.Record != nil:
		return "a list of " + t.List.Record.Name
	case t.List != nil:
		return "a list"
	case int(t.Kind) < len(kindWords):
		return kindWords[t.Kind]
	}
	return "something else"
}

// plainKind reports whether a type is a single value.
func plainKind(t dataset.Type) bool { return t.Kind != dataset.Blank }

// textual reports whether values of the kind are compared as text.
func textual(k dataset.Kind) bool {
	return k == dataset.Text || k == dataset.Choice || k == dataset.Reference
}

// ordered reports whether values of the kind have an order.
func ordered(k dataset.Kind) bool {
	return k == dataset.Number || k == dataset.Money || k == dataset.Date || k == dataset.Time
}

func list(t dataset.Type) dataset.Type { return dataset.Type{List: &t} }

// choices are the values a type allows; nil if it allows any.
func choices(t dataset.Type) []string {
	if t.Kind == dataset.Choice && t.Column != nil {
		return t.Column.Choices
	}
	return nil
}

// person reports whether a term of the type leads to one person.
func person(t dataset.Type) bool {
	return t.Kind == dataset.Person || t.Record != nil && (t.Record.Person || onePerson(t.Record) >= 0)
}

// onePerson gives the only person column of a schema, or -1.
func onePerson(s *dataset.Schema) int {
	found := -1
	for i := range s.Columns {
		if s.Columns[i].Kind == dataset.Person {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}

// didYouMean is nearest as a hint, or the list of what there is.
func didYouMean(name string, candidates []string) string {
	if near := spelling.Nearest(name, candidates); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if len(candidates) == 0 {
		return "there are none"
	}
	return "there is " + quoteAll(candidates)
}
