package ledger

import (
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// An Event is one entry of the log: a change, when and by whom. By is a role,
// "clarion" or "officer", never a name.
type Event struct {
	Seq    int64
	At     time.Time
	By     string
	Change Change
}

// A Change is one thing that can happen to a Book. Changes hold numbers, keys,
// digests, playbook words and dates; never a name or an address. They are
// given as values, not as pointers.
type Change interface {
	// Type is the name of the change in the log.
	Type() string
}

// The changes.
type (
	// SwitchedOn: a playbook looked for the first time (Dataset: at its dataset,
	// once that had been imported), or after an edit of its conditions, when
	// cases opened at the same moment are backlog, or of its words to members, or
	// when it began to act, or to do no more than observe. What it found while it
	// observed is backlog once it acts.
	SwitchedOn struct {
		Playbook string `json:"playbook"`
		Digest   string `json:"digest"`             // of its conditions
		Words    string `json:"words,omitempty"`    // digest of its words to members
		Observes bool   `json:"observes,omitempty"` // it shows what it would do, and does nothing
	}
	// BacklogApproved lets cases found at switching on act; their clocks count from now.
	BacklogApproved struct {
		Playbook string    `json:"playbook"`
		Cases    []CaseKey `json:"cases"`
	}
	// CaseOpened happens once to a case.
	CaseOpened struct {
		Case     CaseKey       `json:"case"`
		Playbook string        `json:"playbook"`
		Dataset  string        `json:"dataset,omitempty"`
		Subject  dataset.Ref   `json:"subject,omitempty"`
		Occasion string        `json:"occasion,omitempty"`
		Date     calendar.Date `json:"date,omitempty"`
		HasDate  bool          `json:"has_date,omitempty"`
		Backlog  bool          `json:"backlog,omitempty"`
	}
	// CaseRetimed: the occasion's date was corrected by less than 21 days.
	CaseRetimed struct {
		Case CaseKey       `json:"case"`
		Date calendar.Date `json:"date"`
	}
	// CaseFrozen: a condition cannot be told; again, when for another reason.
	CaseFrozen struct {
		Case   CaseKey `json:"case"`
		Reason string  `json:"reason,omitempty"`
	}
	// CaseThawed: it can be told again.
	CaseThawed struct {
		Case CaseKey `json:"case"`
	}
	// CaseReopened: the conditions of a case that was over hold again.
	CaseReopened struct {
		Case CaseKey `json:"case"`
	}
	// CaseClosed with its result. Open tasks and waiting letters have their own
	// changes.
	CaseClosed struct {
		Case   CaseKey `json:"case"`
		Result Result  `json:"result"`
		Reason string  `json:"reason,omitempty"`
	}
	// TaskGiven: the Book gives it its number.
	TaskGiven struct {
		Key       ActionKey `json:"key"`
		Case      CaseKey   `json:"case"`
		Step      string    `json:"step"`
		Element   string    `json:"element,omitempty"`
		Addressee string    `json:"addressee"`
		Due       time.Time `json:"due,omitzero"`
	}
	// TaskFellDue: open -> overdue.
	TaskFellDue struct {
		Number int64 `json:"number"`
	}
	// TaskRetimed: its due day moved; an overdue task may be open again.
	TaskRetimed struct {
		Number int64     `json:"number"`
		Due    time.Time `json:"due,omitzero"`
	}
	// TaskReassigned to another role or person.
	TaskReassigned struct {
		Number    int64  `json:"number"`
		Addressee string `json:"addressee"`
	}
	// TaskGotAnswer, one of those that its playbook offers.
	TaskGotAnswer struct {
		Number int64  `json:"number"`
		Answer string `json:"answer"`
	}
	// TaskUnanswered: within a day, an answer is taken back. A case that closed
	// since opens again, as one that reopens.
	TaskUnanswered struct {
		Number int64 `json:"number"`
	}
	// TaskWasSettled by the data.
	TaskWasSettled struct {
		Number int64  `json:"number"`
		Reason string `json:"reason,omitempty"`
	}
	// TaskWasWithdrawn by a person or because the case closed.
	TaskWasWithdrawn struct {
		Number int64  `json:"number"`
		Reason string `json:"reason,omitempty"`
	}
	// ActionClosed settles an action without a message: missed, withdrawn
	// ("overtaken", "not needed") or done ("nothing to say").
	ActionClosed struct {
		Action Action `json:"action"` // State is the new one
	}
	// MessageProposed; the message's ID is given by the Book, its Key must be new
	// (or the last message of that key rejected, superseded, expired or failed).
	// Actions lists every action in full, for those the Book does not know yet.
	MessageProposed struct {
		Message Message  `json:"message"`
		Actions []Action `json:"actions,omitempty"`
	}
	// MessageGotYes: of a message that needs two, the first.
	MessageGotYes struct {
		ID     int64       `json:"id"`
		Digest string      `json:"digest"` // must be the message's
		Person dataset.Ref `json:"person,omitempty"`
		Via    string      `json:"via,omitempty"`
		Plan   int64       `json:"plan,omitempty"`
	}
	// MessageApproved by a person or, if Auto, by the playbook's trust. Of a message
	// that needs two, it is the second yes.
	MessageApproved struct {
		ID     int64       `json:"id"`
		Digest string      `json:"digest"` // must be the message's
		Auto   bool        `json:"auto,omitempty"`
		Person dataset.Ref `json:"person,omitempty"` // the officer, where known
		Via    string      `json:"via,omitempty"`    // terminal, console, mail or link
		Plan   int64       `json:"plan,omitempty"`   // the saved plan that was named
		Until  time.Time   `json:"until,omitzero"`   // end of the undo window
	}
	// MessageRejected: its actions are withdrawn.
	MessageRejected struct {
		ID     int64  `json:"id"`
		Reason string `json:"reason,omitempty"` // digest of the words; the words are in the store
	}
	// MessageSuperseded: its actions are owed again, or were closed before.
	MessageSuperseded struct {
		ID     int64  `json:"id"`
		Reason string `json:"reason,omitempty"`
	}
	// MessageExpired: its actions are missed.
	MessageExpired struct {
		ID     int64  `json:"id"`
		Reason string `json:"reason,omitempty"`
	}
	// MessageRetimed: the same words at another moment; an approval stands.
	MessageRetimed struct {
		ID        int64     `json:"id"`
		NotBefore time.Time `json:"not_before,omitzero"`
		Expires   time.Time `json:"expires,omitzero"`
	}
	// MessageClaimed is durable before the wire is touched.
	MessageClaimed struct {
		ID    int64 `json:"id"`
		Fence int64 `json:"fence"`
	}
	// MessageSent, from claimed or, with a proof, from uncertain.
	MessageSent struct {
		ID    int64  `json:"id"`
		Proof string `json:"proof,omitempty"`
	}
	// MessageDeferred: a definite refusal for now.
	MessageDeferred struct {
		ID    int64     `json:"id"`
		Until time.Time `json:"until,omitzero"`
		Code  int       `json:"code,omitempty"`
	}
	// MessageFailed: its actions are owed again, elsewhere.
	MessageFailed struct {
		ID   int64  `json:"id"`
		Code int    `json:"code,omitempty"`
		Why  string `json:"why,omitempty"`
	}
	// MessageUncertain: claimed, and nobody can say.
	MessageUncertain struct {
		ID  int64  `json:"id"`
		Why string `json:"why,omitempty"`
	}
	// MessageBounced: it went, and came back.
	MessageBounced struct {
		ID   int64  `json:"id"`
		Code int    `json:"code,omitempty"`
		Why  string `json:"why,omitempty"`
	}
	// Suppressed: nothing of Scope goes to the person, or to the address.
	Suppressed struct {
		Person  dataset.Ref `json:"person,omitempty"`
		Address string      `json:"address,omitempty"` // keyed hash
		Scope   string      `json:"scope"`             // all, marketing, bounced
		Why     string      `json:"why,omitempty"`
	}
	// Unsuppressed lifts what was laid on the person, or the address, or both.
	Unsuppressed struct {
		Person  dataset.Ref `json:"person,omitempty"`
		Address string      `json:"address,omitempty"`
		Scope   string      `json:"scope"`
		Why     string      `json:"why,omitempty"`
	}
	// Contacted: a person spoke with the member, outside the program.
	Contacted struct {
		Person dataset.Ref `json:"person"`
		How    string      `json:"how"`
	}
	// Replied to a letter of the program.
	Replied struct {
		Person dataset.Ref `json:"person"`
	}
	// FactRecorded: a local fact; its value lies in the store.
	FactRecorded struct {
		Dataset string      `json:"dataset"`
		Subject dataset.Ref `json:"subject"`
		Column  string      `json:"column"`
		Digest  string      `json:"digest,omitempty"`
	}
	// FactWithdrawn: the imported value shows again.
	FactWithdrawn struct {
		Dataset string      `json:"dataset"`
		Subject dataset.Ref `json:"subject"`
		Column  string      `json:"column"`
	}
	// Imported: a dataset has a new table.
	Imported struct {
		Import  int64  `json:"import"`
		Dataset string `json:"dataset"`
		Rows    int    `json:"rows"`
		New     int    `json:"new"`
		Gone    int    `json:"gone"`
		Altered int    `json:"altered"`
		Refused int    `json:"refused"`
		Digest  string `json:"digest,omitempty"` // of the table
	}
	// ImportUndone: the table before it is the current one again.
	ImportUndone struct {
		Import  int64  `json:"import"`
		Dataset string `json:"dataset"`
	}
	// HaltedAll is clarion stop; Reason is a digest of the words.
	HaltedAll struct {
		Reason string `json:"reason,omitempty"`
	}
	// ResumedAll is clarion resume.
	ResumedAll struct {
		Reason string `json:"reason,omitempty"`
	}
	// BrakeReleased: a person lets a held batch go, or, with a Stage, the rest of
	// one whose first letters left before that moment, whatever became of those.
	BrakeReleased struct {
		Playbook string    `json:"playbook"`
		Actions  int       `json:"actions"` // up to so many
		Until    time.Time `json:"until,omitzero"`
		Stage    time.Time `json:"stage,omitzero"`
	}
	// DateConfirmed: a person says that the clock is right.
	DateConfirmed struct {
		Now time.Time `json:"now"`
	}
	// TakenOver: the store lives on this machine from now on.
	TakenOver struct {
		Machine string `json:"machine"`
	}
	// Adopted: this version of a playbook is ours.
	Adopted struct {
		Playbook string `json:"playbook"`
		Digest   string `json:"digest"`
	}
	// Edited: a person changed what a playbook says here, in its settings or, with a
	// Step, in the words of a letter. Digest is the playbook's from then on.
	Edited struct {
		Playbook string      `json:"playbook"`
		Step     string      `json:"step,omitempty"`
		Digest   string      `json:"digest,omitempty"` // none: it is switched off, or has faults
		Person   dataset.Ref `json:"person,omitempty"` // the officer, where known
	}
	// Trusted: what a playbook may do by itself. Why is a word, for trust that was
	// earned, fell by itself or after a complaint; empty when a person gave it.
	Trusted struct {
		Playbook string `json:"playbook"`
		Level    string `json:"level"`
		Why      string `json:"why,omitempty"`
		Minute   string `json:"minute,omitempty"` // digest of where the decision is minuted; the words are in the store
	}
	// Erased: the person is forgotten; numbers that lead nowhere stay.
	Erased struct {
		Person dataset.Ref `json:"person"`
	}
	// SaidSame: a person says that one human stands behind two records.
	SaidSame struct {
		One   dataset.Ref `json:"one"`
		Other dataset.Ref `json:"other"`
	}
	// SaidDifferent: a person says that two do.
	SaidDifferent struct {
		One   dataset.Ref `json:"one"`
		Other dataset.Ref `json:"other"`
	}
	// SaidUndone takes back what was said of two records.
	SaidUndone struct {
		One   dataset.Ref `json:"one"`
		Other dataset.Ref `json:"other"`
	}
	// PlanSaved: these letters waited for a yes, and were shown so. Its number
	// follows that of the plan before.
	PlanSaved struct {
		Plan      int64     `json:"plan"`
		Digest    string    `json:"digest"`              // PlanDigest of its letters
		Data      string    `json:"data,omitempty"`      // digest of what was known
		Playbooks string    `json:"playbooks,omitempty"` // digest of the playbooks
		Settings  string    `json:"settings,omitempty"`  // digest of the constituency's own files
		Letters   []int64   `json:"letters"`
		Expires   time.Time `json:"expires"`
	}
	// PlanExpired: nobody decided all of it in time.
	PlanExpired struct {
		Plan int64 `json:"plan"`
	}
	// RunRecorded is proof of life, and what the brakes compare with.
	RunRecorded struct {
		Logical time.Time      `json:"logical"`           // the now that was planned for
		Digest  string         `json:"digest,omitempty"`  // of the plan
		Actions map[string]int `json:"actions,omitempty"` // per playbook/step
		Holds   []string       `json:"holds,omitempty"`
	}
)
