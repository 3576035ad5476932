// Package playbook is the language: loading, checking and tailoring playbooks,
// the constituency's files, law tables, dataset schemas, and playbook tests.
//
// # What is read
//
// Load reads two file systems. The library is what ships: data/*.yaml (the
// shape of each dataset), roles.yaml, law/*.yaml (dated figures) and
// law/bank-holidays.yaml, and <role>/<name>.yaml with the letters
// <role>/<name>/<step>.md. The constituency has constituency.yaml,
// playbooks.yaml (what it makes of the library), playbooks of its own named
// there by file:, and letters. Tests stand beside playbooks as
// <name>.test.yaml and are read by LoadTests.
//
// # What is refused
//
// Every key is known at its place; an unknown one is a fault, with a
// suggestion. So is everything that YAML would silently take for something
// else: tags, anchors, nulls, a second document, a byte-order mark, a comment
// behind text, curly quotation marks, a comma inside { } that begins a new
// key. Conditions and letters are checked with the kinds of all that they
// name. All faults of all files are found at once, each with file, line,
// column and the line itself; a place inside a condition is the place in the
// file, whatever way its text is quoted or folded.
//
// # What a fault does
//
// A fault of a playbook, its letters or its tailoring disables that playbook
// (Set.Disabled) and no other. A fault in what all rest on, the constituency's
// own file among it, disables all (Set.Faults, Set.Fatal). A setting that
// something uses and nobody has set is a fault of its playbook.
//
// # What is tailored
//
// Settings; letters, each replaced whole or block by block; steps switched off
// or added at their place; a further condition, joined to when; trust. A block
// of a letter stands between a line <!-- block: how_to_pay --> and the next such
// line, a line <!-- end --> or the end of the letter; the lines are not sent. A
// playbook that names law or says so is locked: its steps cannot be switched
// off, and no condition is joined to its when, because that can only let records
// slip out of it. Origins names for every effective value the file and line that
// says so, and the library's own beside it; Since compares them with those of an
// earlier version, three ways. Law figures move only in their safe direction, under law: in
// constituency.yaml. A playbook does by itself no more than both it and the
// constituency allow; where the constituency is silent, every letter is
// approved.
//
// # What a role is shown
//
// Every column has a class: free and name, which every officer may see, and
// contact, money and special, which the table of roles grants by list, and a
// constituency otherwise under roles:. A step that would show a role more is a
// fault where it does: in its subject, letter or columns, or in a name under let
// made of them. A special column must be named under reads, and then every role
// that is told, signs or approves must be granted it (masks.go, grants.go). What
// is known of a role only in a plan, a plan asks again.
//
// # What identifies a playbook
//
// Digest is that of the effective text: the playbook, its letters, its
// settings and what the constituency added, without comments and layout.
// Conditions is that of what opens and keeps cases: for, every, let, when,
// while, again, and the settings these use.
package playbook

import (
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/letter"
	"path"
	"strings"
)

// A Basis is by what right a message is sent.
type Basis string

// The bases.
const (
	Officer   Basis = "officer"
	Service   Basis = "service"
	Marketing Basis = "marketing"
)

// A Trust is the most that a playbook may do by itself.
type Trust uint8

// The levels of trust, in order.
const (
	Observe   Trust = iota // shown, never proposed
	Each                   // every letter is approved
	Batch                  // letters are approved together
	Automatic              // letters go by themselves
)

// A Playbook is one duty, loaded, checked and tailored: nothing in it is
// unresolved.
type Playbook struct {
	Name, Title, About string
	Source             []string
	Role               string
	Basis              Basis
	Reads              []string
	Trust              Trust // the lower of the playbook's and the constituency's
	Most               Trust // what the playbook itself says
	Locked             bool
	Private            bool // touches money or special columns (rule 17)
	Settings           map[string]*Setting
	For                *For
	Every              *calendar.Schedule
	Let                []Let
	Everyone           bool            // when: everyone
	When, While        *condition.Expr // While is When unless written; nil when Everyone or absent
	Again              *Again          // of the playbook; nil for event records and with every
	Done, Stop, Pause  *condition.Expr
	Deadline           *Moment
	Cap                int // 0: the constituency's; -1: all
	Steps              []*Step
	Scope              condition.Scope // what its conditions see
	Digest             string          // of the effective text, letters included
	Conditions         string          // digest of what opens and keeps cases (law 6)
	Words              string          // digest of what its letters say to members
	File               string

	origins  []Origin  // of every effective value
	wordings []Wording // of its letters
	specials []Guard   // the special columns that it uses
}

// For says which records a playbook is about.
type For struct {
	Var     string // "member"
	Dataset string
	Schema  *dataset.Schema
}

// A Let is a name for a value, worked out when it is first used.
type Let struct {
	Name string
	Expr *condition.Expr
}

// Again says when the same record is a new occasion.
type Again struct {
	Never bool
	After *Duration
	Exprs []*condition.Expr
}

// A Duration is a length written down, or an expression that gives one.
type Duration struct {
	Fixed calendar.Duration
	Expr  *condition.Expr // nil: Fixed
}

// A Moment is a point in the one grammar of rule 7.
type Moment struct {
	Offset *Duration // nil: at the anchor
	Before bool
	Anchor string          // opening, given, due, deadline, or "" with Expr
	Expr   *condition.Expr // a date or a time
	At     int             // minutes after midnight; -1: as the rule says
	Roll   calendar.Roll   // or the working day before/after
	Source string
}

// A StepKind is email or task.
type StepKind string

// The kinds of steps.
const (
	Email StepKind = "email"
	Task  StepKind = "task"
)

// A Step is one thing a case does.
type Step struct {
	ID      string
	Kind    StepKind
	Off     bool // switched off by the constituency
	Each    *Copies
	At      *Moment // nil: opening, or the slot
	Due     *Moment // of a task
	Late    *Late   // nil: the default of rule 9
	To      Recipients
	From    Recipients // who signs: one role, or an expression that gives one
	Basis   Basis
	When    *condition.Expr
	Done    *condition.Expr // of a task
	Again   []*condition.Expr
	Subject *letter.Line
	Letter  *letter.Template // nil for a task without words of its own
	Rows    *condition.Expr
	Columns []string // of its rows, in the order of sorting; owner.name through a person column
	Tally   bool     // the rows are not listed but counted, by their one or two columns
	Most    *condition.Expr
	Attach  *condition.Expr
	Answers []Answer
	Chase   []Rung
	Private bool
	Shows   []Guard  // what its words give away that not every role may see
	Heads   []Guard  // of these, what its subject gives away, which reminders show
	Counts  []string // names whose numbers are made of special columns, or of rows that are counted
	Line    int      // in the file
}

// Copies says a step is copied per element of a list.
type Copies struct {
	Var  string
	Expr *condition.Expr
}

// Late says how long after its moment a step is still worth doing.
type Late struct {
	For   *Duration
	Until *condition.Expr // a date or a time
}

// Recipients are who a step is for (rule 14): roles, or an expression.
type Recipients struct {
	Roles []string
	Exprs []*condition.Expr // records of persons, person columns, lists, settings of type role
}

// An Answer is what a person can say to a task, and what that does.
type Answer struct {
	Text     string
	Set      []Effect
	Suppress *condition.Expr // a person
}

// An Effect writes a local fact.
type Effect struct {
	Var, Column string // donation.checked_on
	Expr        *condition.Expr
}

// A Rung is one offset of a chase.
type Rung struct {
	Key    string // as written, "16 days before"
	N      calendar.Duration
	Before bool
	Repeat calendar.Duration // each day after, each week after; zero: once
	To     Recipients
}

// A Setting is a value a constituency may set.
type Setting struct {
	Name, Type, About string
	Columns           []string     // of a table
	Term              dataset.Term // the effective value
	Set               bool         // false: no default and not set
	Used              bool
	Origin            string // "library" or the file that set it

	Choices            []string // of a choice
	Text               string   // the value as a file has it, where it is one text
	Least, Most, Usual string   // bounds and the default as people write them; empty: none
}

// A Constituency is constituency.yaml.
type Constituency struct {
	Name      string
	Clock     calendar.Clock
	Started   calendar.Date
	LeapEarly bool // who is born on 29 February has the birthday on the 28th in other years, not on 1 March
	Quiet     Quiet
	Budget    Budget
	Brakes    Brakes
	Earning   Earning
	Review    Review
	Mail      Mail
	Web       Web
	Imprint   string
	Data      map[string]Source // datasets to import, by name
	Audiences map[string]Audience
	Trust     map[string]Trust // from playbooks.yaml
}

// Quiet are the days on which nothing goes to members.
type Quiet struct {
	Weekdays     map[time.Weekday]bool
	BankHolidays bool
	Ranges       [][2]calendar.Date
}

// Budget limits letters to one person and one address (law 9).
type Budget struct {
	LettersAWeek, MarketingAMonth, DaysBetween int
}

// Brakes stop a run before its first message (law 8).
type Brakes struct {
	MostAtOnce, SharePercent, TimesUsual, Floor int
}

// Earning is what a playbook earns more trust by: so many letters (and from
// batch to automatic so many batches of them) decided without one being struck
// out, and no larger share of its letters come back in the last days.
type Earning struct {
	Decisions, BouncePercent, Days int
}

// A Source is where a dataset is imported from.
type Source struct {
	From, Folder, Sheet string
	Profile             string // a shipped layout: electoral-commission
	Kind                string // which kind of report it is, as imports shows it: mar
	StaleAfter          calendar.Duration
	Full                bool
	GoneAfter           int               // how many whole lists in a row must miss a record until it is gone; 0: as its schema says
	Dates               string            // day-first or month-first, where a list alone cannot show it
	Columns             map[string]string // our column -> their header
	Types               map[string]string // of a calendar: words of a category or a title -> the type they mean; * is all else
}

// GoneAfter is how many whole lists of a dataset in a row must miss a record
// until it is gone: as the constituency says, or else the dataset's schema.
func (s *Set) GoneAfter(name string) int {
	if n := s.Constituency.Data[name].GoneAfter; n > 0 {
		return n
	}
	if schema := s.Schemas[name]; schema != nil && schema.GoneAfter > 0 {
		return schema.GoneAfter
	}
	return 1
}

// Calendar tells from the name of its file that a source is a calendar.
func (s Source) Calendar() bool { return strings.EqualFold(path.Ext(s.From), ".ics") }

// Names reports whether a file, by its place in the constituency's folder, is
// one of the source.
func (s Source) Names(file string) bool {
	if s.Folder != "" || file == s.From {
		return file == path.Clean(s.Folder) || file == s.From
	}
	ok, err := path.Match(s.From, file)
	return ok && err == nil
}

// An Audience is a named list of people.
type Audience struct {
	Var, Dataset string
	When         *condition.Expr
	Roles        []string
}

// Mail is how letters leave.
type Mail struct {
	Drop                      string // a folder of .eml files instead of a server
	Server                    string
	Port                      int
	User                      string
	PasswordFile, PasswordEnv string
	TokenFile                 string // that clarion mail login made, instead of a password
	TLS                       string // starttls (default), tls, none (only to this machine)
	From                      string // the address letters come from
	ADay, AMinute             int
	Connections               int      // on which letters leave side by side; 0: one
	Mailbox                   *Mailbox // where answers are read; nil: nowhere
	Attachments               int      // megabytes that all that is attached to one letter may have
	DKIM                      *DKIM    // how letters are signed; nil: not by us
}

// A Fault is something wrong in a file, and where.
type Fault struct {
	File         string
	Line, Column int
	Text, Hint   string
	Source       string // the line of the file, for a caret
	Playbook     string // the playbook it disables; empty: none, or all
}

// A Set is everything that was loaded.
type Set struct {
	Constituency *Constituency
	Playbooks    []*Playbook // by name; only those without faults and not off
	Disabled     map[string][]Fault
	Off          []string
	Schemas      map[string]*dataset.Schema
	Law          *Law
	Roles        map[string]*Role
	Promotion    Promotion // words by which a letter promotes something
	Faults       []Fault
	Digest       string
	Settings     string // digest of the constituency's own files, as they were read

	titles map[holiday]string // of bank holidays
	all    bool               // every dataset counts as read
}

// A Role is one that an officer can hold.
type Role struct {
	Name, Title string
	Also        []string // what else people call it
	FallsTo     string   // the role a vacancy falls to; empty: nobody
	Branch      bool     // held per branch
	place       int      // in the table of roles
	sees, own   grants   // as it ships, and as the constituency has it
}
