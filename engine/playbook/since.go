package playbook

import "slices"

// A Fate is what became of one value since an earlier version.
type Fate string

// The fates, from the one that most wants a decision.
const (
	Both     Fate = "both"     // the library changed it, and we have our own: somebody should look
	Theirs   Fate = "theirs"   // the library changed it, and we follow
	Ours     Fate = "ours"     // we changed it
	Standing Fate = "standing" // ours, as it was then
)

// A Difference is one value of a playbook in three versions: the library then
// and now, and ours.
type Difference struct {
	Path    string
	Fate    Fate
	Then    string // what held then
	Before  string // what the library said then
	Library string // what the library says now
	Now     string // what holds now
	From    string // who says what holds now
}

// own reports a playbook that the library does not have.
func (pb *Playbook) own() bool {
	return !slices.ContainsFunc(pb.origins, func(o Origin) bool { return o.Library != "" })
}

// Since compares the playbook with the values of an earlier version, three ways:
// what the library has changed since, what the constituency has, and where both
// have. Without an earlier version it lists only what is not as the library has
// it. What is as it was, and as the library has it, is left out.
func (pb *Playbook) Since(then []Origin, known bool) []Difference {
	if !known {
		then = nil
	}
	before := make(map[string]Origin, len(then))
	for _, o := range then {
		before[o.Path] = o
	}
	var out []Difference
	note := func(path string, was, now Origin) {
		d := Difference{Path: path, Then: was.Value, Before: was.Library, Library: now.Library, Now: now.Value, From: now.From}
		theirs, ours := known && was.Library != now.Library, known && was.Value != now.Value
		switch {
		case theirs && now.Value != now.Library:
			d.Fate = Both
		case theirs:
			d.Fate = Theirs
		case ours:
			d.Fate = Ours
		case now.Value != now.Library && !pb.own():
			d.Fate = Standing
		default:
			return
		}
		out = append(out, d)
	}
	for _, o := range pb.origins {
		note(o.Path, before[o.Path], o)
	}
	for _, o := range then {
		if !slices.ContainsFunc(pb.origins, func(n Origin) bool { return n.Path == o.Path }) {
			note(o.Path, o, Origin{Path: o.Path})
		}
	}
	return out
}
