package sheet

import (
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// leastKnown is the part of a file's headings that a list must know to be it:
// one in so many.
const leastKnown = 2

// Unrecognised is the error of a table that may be any list: a person can say
// which.
type Unrecognised struct{ text string }

func (u *Unrecognised) Error() string { return u.text }

// A Candidate is a list that a file may be, and how its files are read.
type Candidate struct {
	Schema *dataset.Schema
	Spec   Spec
}

// Recognise says of which list a file is, of some that a constituency keeps: a
// table by its headings, a calendar and a document by their content. Where two
// lists would have it, or none, it is an error: a person decides. A file that is
// none by its name, such as a lock file, is of no list and no error.
func Recognise(ctx context.Context, root, name string, lists []Candidate, clock calendar.Clock) (string, error) {
	if passedOver(path.Base(name)) != "" {
		return "", ctx.Err()
	}
	r, err := openRoom(root)
	if err != nil {
		return "", err
	}
	defer r.close()
	data, _, err := r.read(name, maxBytes)
	if err != nil {
		return "", err
	}
	found, err := recognise(data, name, lists)
	if err != nil {
		return "", fmt.Errorf("%s: %w", shown(name), err)
	}
	for _, c := range lists {
		if why := r.inUse(name); why != "" && c.Schema.Name == found && isFolder(c) { // of a list its reading says so
			return "", &unfinished{shown(name) + ": " + why}
		}
	}
	return found, nil
}

func recognise(data []byte, name string, lists []Candidate) (string, error) {
	if strings.HasPrefix(strings.ToLower(string(data[:min(len(data), 20)])), "begin:vcalendar") || strings.EqualFold(path.Ext(name), ".ics") {
		return only(lists, "a calendar", ". For meetings write there: meetings: {from: data/meetings.ics}", func(c Candidate) bool { return strings.EqualFold(path.Ext(c.Spec.From), ".ics") })
	}
	media, _ := documentType(name)
	if media != "" && media != mediaText {
		if _, why := lookInside(data, media); why != "" {
			return "", paperError(why)
		}
		return only(lists, "a paper", ". For papers write there: documents: {folder: papers}", isFolder)
	}
	table, err := tableOf(data, lists)
	if err == nil || media == "" {
		return table, err
	}
	if _, why := lookInside(data, media); why != "" {
		return "", paperError(why)
	}
	return only(lists, "a paper", ". For papers write there: documents: {folder: papers}", isFolder)
}

func paperError(why string) error {
	if why == dataset.ErrUnfinished.Error() {
		return dataset.ErrUnfinished
	}
	return reason(why)
}

func isFolder(c Candidate) bool { return c.Spec.Folder != "" }

// only is the one list of a sort.
func only(lists []Candidate, what, hint string, is func(Candidate) bool) (string, error) {
	found := ""
	for _, c := range lists {
		if !is(c) {
			continue
		}
		if found != "" {
			return "", fmt.Errorf("it is %s, and could be of %s or of %s: put it where that list is read from", what, found, c.Schema.Name)
		}
		found = c.Schema.Name
	}
	if found == "" {
		return "", fmt.Errorf("it is %s, and no list of constituency.yaml is made of those%s", what, hint)
	}
	return found, nil
}

// tableOf is the list whose headings a table has.
func tableOf(data []byte, lists []Candidate) (string, error) {
	src, err := openSource(data)
	if err != nil {
		return "", err
	}
	best, second, most, next := "", "", 0, 0
	for _, c := range lists {
		if isFolder(c) {
			continue
		}
		m, err := newMapper(c.Spec, c.Schema)
		if err != nil {
			return "", err
		}
		lay, _, err := findLayout(src, m)
		if err != nil {
			continue
		}
		keys, score, filled := m.score(lay.header)
		if !keys || score < 2 || score*leastKnown < filled {
			continue
		}
		if score > most {
			best, second, most, next = c.Schema.Name, best, score, most
		} else if score > next {
			second, next = c.Schema.Name, score
		}
	}
	switch {
	case best == "":
		return "", &Unrecognised{"its headings are not those of any list that constituency.yaml names"}
	case next*5 >= most*4:
		return "", &Unrecognised{fmt.Sprintf("its headings could be those of %s or of %s", best, second)}
	}
	return best, nil
}
