package letter

import "github.com/clarion-clp/clarion/engine/dataset"

// peopleName is the dataset that a person column reaches into.
const peopleName = "people"

func void(t dataset.Type) bool {
	return t.Kind == dataset.Blank && !structured(t)
}

func structured(t dataset.Type) bool {
	return t.Record != nil || t.Fields != nil || t.List != nil
}

func isText(k dataset.Kind) bool {
	switch k {
	case dataset.Text, dataset.Choice, dataset.Person, dataset.Reference:
		return true
	}
	return false
}

func isOrdered(k dataset.Kind) bool {
	switch k {
	case dataset.Number, dataset.Money, dataset.Date, dataset.Time:
		return true
	}
	return false
}

// comparison groups the kinds that may be compared with one another; 0 is
// never compared.
func comparison(k dataset.Kind) dataset.Kind {
	switch {
	case isText(k):
		return dataset.Text
	case k == dataset.File:
		return 0
	}
	return k
}

func literalType(l literal) dataset.Type {
	switch l.kind {
	case 'n':
		return dataset.Type{Kind: dataset.Number}
	case 'b':
		return dataset.Type{Kind: dataset.YesNo}
	}
	return dataset.Type{Kind: dataset.Text}
}

// oneType is the type of `and` and `or`: that of all their values, or, where
// they differ, a text, because all that can be done with it is to print it.
func oneType(types []dataset.Type) dataset.Type {
	first := types[0]
	for _, t := range types[1:] {
		if void(t) || void(first) {
			return dataset.Type{}
		}
		if structured(first) || structured(t) {
			if first.Record != t.Record || (first.List == nil) != (t.List == nil) {
				return dataset.Type{Kind: dataset.YesNo}
			}
			continue
		}
		if t.Kind != first.Kind {
			return dataset.Type{Kind: dataset.Text}
		}
		if first.Column != t.Column {
			first.Column = nil
		}
	}
	return first
}

func kindWords(t dataset.Type) string {
	switch {
	case t.List != nil:
		return "a list"
	case t.Record != nil:
		return "a record"
	case t.Fields != nil:
		return "a thing with parts"
	}
	switch t.Kind {
	case dataset.Choice:
		return "a choice"
	case dataset.Number:
		return "a number"
	case dataset.Money:
		return "an amount of money"
	case dataset.YesNo:
		return "a yes or no"
	case dataset.Date:
		return "a date"
	case dataset.Time:
		return "a time"
	case dataset.Length:
		return "a length of time"
	case dataset.Person:
		return "a person"
	case dataset.Reference:
		return "a reference"
	case dataset.File:
		return "a file"
	}
	return "a text"
}
