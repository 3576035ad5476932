package main

import (
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// narrow gives a part of the command line: the flags of all commands and the one
// command that the arguments name, which is read in a third of the time that all
// forty take. What the whole would understand otherwise the part does not
// understand at all: the first word that is not a flag's must be the command.
// It is nil where the whole is needed: for help, completion, a slip.
func (c *cli) narrow(args []string) reflect.Value {
	if slices.ContainsFunc(args, func(a string) bool { return a == "-h" || strings.HasPrefix(a, "--h") || a == "complete" }) {
		return reflect.Value{}
	}
	var fields []reflect.StructField
	named := false
	for _, f := range reflect.VisibleFields(reflect.TypeFor[cli]()) {
		if _, command := f.Tag.Lookup("cmd"); command {
			if named || !slices.Contains(args, commandName(f.Name)) {
				continue
			}
			named = true
		}
		fields = append(fields, reflect.StructField{Name: f.Name, Type: f.Type, Tag: f.Tag})
	}
	if !named {
		return reflect.Value{}
	}
	return reflect.New(reflect.StructOf(fields))
}

// commandName is how a command is typed, from the name of its field.
func commandName(field string) string {
	var out strings.Builder
	for i, r := range field {
		if i > 0 && unicode.IsUpper(r) {
			out.WriteByte('-')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}

// widen takes over what was read into a part.
func (c *cli) widen(part reflect.Value) {
	whole := reflect.ValueOf(c).Elem()
	for i := range part.Elem().NumField() {
		whole.FieldByName(part.Elem().Type().Field(i).Name).Set(part.Elem().Field(i))
	}
}
