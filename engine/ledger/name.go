package ledger

// The names of the changes in the log. They are on disk, and never change.

// Type is the name of the change in the log.
func (SwitchedOn) Type() string { return "switched_on" }

// Type is the name of the change in the log.
func (BacklogApproved) Type() string { return "backlog_approved" }

// Type is the name of the change in the log.
func (CaseOpened) Type() string { return "case_opened" }

// Type is the name of the change in the log.
func (CaseRetimed) Type() string { return "case_retimed" }

// Type is the name of the change in the log.
func (CaseFrozen) Type() string { return "case_frozen" }

// Type is the name of the change in the log.
func (CaseThawed) Type() string { return "case_thawed" }

// Type is the name of the change in the log.
func (CaseReopened) Type() string { return "case_reopened" }

// Type is the name of the change in the log.
func (CaseClosed) Type() string { return "case_closed" }

// Type is the name of the change in the log.
func (TaskGiven) Type() string { return "task_given" }

// Type is the name of the change in the log.
func (TaskFellDue) Type() string { return "task_fell_due" }

// Type is the name of the change in the log.
func (TaskRetimed) Type() string { return "task_retimed" }

// Type is the name of the change in the log.
func (TaskReassigned) Type() string { return "task_reassigned" }

// Type is the name of the change in the log.
func (TaskUnanswered) Type() string { return "task_unanswered" }

// Type is the name of the change in the log.
func (TaskGotAnswer) Type() string { return "task_got_answer" }

// Type is the name of the change in the log.
func (TaskWasSettled) Type() string { return "task_was_settled" }

// Type is the name of the change in the log.
func (TaskWasWithdrawn) Type() string { return "task_was_withdrawn" }

// Type is the name of the change in the log.
func (ActionClosed) Type() string { return "action_closed" }

// Type is the name of the change in the log.
func (MessageProposed) Type() string { return "message_proposed" }

// Type is the name of the change in the log.
func (MessageGotYes) Type() string { return "message_got_yes" }

// Type is the name of the change in the log.
func (PlanSaved) Type() string { return "plan_saved" }

// Type is the name of the change in the log.
func (PlanExpired) Type() string { return "plan_expired" }

// Type is the name of the change in the log.
func (MessageApproved) Type() string { return "message_approved" }

// Type is the name of the change in the log.
func (MessageRejected) Type() string { return "message_rejected" }

// Type is the name of the change in the log.
func (MessageSuperseded) Type() string { return "message_superseded" }

// Type is the name of the change in the log.
func (MessageExpired) Type() string { return "message_expired" }

// Type is the name of the change in the log.
func (MessageRetimed) Type() string { return "message_retimed" }

// Type is the name of the change in the log.
func (MessageClaimed) Type() string { return "message_claimed" }

// Type is the name of the change in the log.
func (MessageSent) Type() string { return "message_sent" }

// Type is the name of the change in the log.
func (MessageDeferred) Type() string { return "message_deferred" }

// Type is the name of the change in the log.
func (MessageFailed) Type() string { return "message_failed" }

// Type is the name of the change in the log.
func (MessageUncertain) Type() string { return "message_uncertain" }

// Type is the name of the change in the log.
func (MessageBounced) Type() string { return "message_bounced" }

// Type is the name of the change in the log.
func (Suppressed) Type() string { return "suppressed" }

// Type is the name of the change in the log.
func (Unsuppressed) Type() string { return "unsuppressed" }

// Type is the name of the change in the log.
func (Contacted) Type() string { return "contacted" }

// Type is the name of the change in the log.
func (Replied) Type() string { return "replied" }

// Type is the name of the change in the log.
func (FactRecorded) Type() string { return "fact_recorded" }

// Type is the name of the change in the log.
func (FactWithdrawn) Type() string { return "fact_withdrawn" }

// Type is the name of the change in the log.
func (Imported) Type() string { return "imported" }

// Type is the name of the change in the log.
func (ImportUndone) Type() string { return "import_undone" }

// Type is the name of the change in the log.
func (HaltedAll) Type() string { return "halted_all" }

// Type is the name of the change in the log.
func (ResumedAll) Type() string { return "resumed_all" }

// Type is the name of the change in the log.
func (BrakeReleased) Type() string { return "brake_released" }

// Type is the name of the change in the log.
func (DateConfirmed) Type() string { return "date_confirmed" }

// Type is the name of the change in the log.
func (TakenOver) Type() string { return "taken_over" }

// Type is the name of the change in the log.
func (Adopted) Type() string { return "adopted" }

// Type is the name of the change in the log.
func (Edited) Type() string { return "edited" }

// Type is the name of the change in the log.
func (Trusted) Type() string { return "trusted" }

// Type is the name of the change in the log.
func (Erased) Type() string { return "erased" }

// Type is the name of the change in the log.
func (SaidSame) Type() string { return "said_same" }

// Type is the name of the change in the log.
func (SaidDifferent) Type() string { return "said_different" }

// Type is the name of the change in the log.
func (SaidUndone) Type() string { return "said_undone" }

// Type is the name of the change in the log.
func (RunRecorded) Type() string { return "run_recorded" }

// decoders reads the body of every change that the log may hold.
var decoders = map[string]func([]byte) (Change, error){
	SwitchedOn{}.Type():        decode[SwitchedOn],
	BacklogApproved{}.Type():   decode[BacklogApproved],
	CaseOpened{}.Type():        decode[CaseOpened],
	CaseRetimed{}.Type():       decode[CaseRetimed],
	CaseFrozen{}.Type():        decode[CaseFrozen],
	CaseThawed{}.Type():        decode[CaseThawed],
	CaseReopened{}.Type():      decode[CaseReopened],
	CaseClosed{}.Type():        decode[CaseClosed],
	TaskGiven{}.Type():         decode[TaskGiven],
	TaskFellDue{}.Type():       decode[TaskFellDue],
	TaskRetimed{}.Type():       decode[TaskRetimed],
	TaskReassigned{}.Type():    decode[TaskReassigned],
	TaskUnanswered{}.Type():    decode[TaskUnanswered],
	TaskGotAnswer{}.Type():     decode[TaskGotAnswer],
	TaskWasSettled{}.Type():    decode[TaskWasSettled],
	TaskWasWithdrawn{}.Type():  decode[TaskWasWithdrawn],
	ActionClosed{}.Type():      decode[ActionClosed],
	LineDecided{}.Type():       decode[LineDecided],
	MessageProposed{}.Type():   decode[MessageProposed],
	MessageGotYes{}.Type():     decode[MessageGotYes],
	PlanSaved{}.Type():         decode[PlanSaved],
	PlanExpired{}.Type():       decode[PlanExpired],
	MessageApproved{}.Type():   decode[MessageApproved],
	MessageRejected{}.Type():   decode[MessageRejected],
	MessageSuperseded{}.Type(): decode[MessageSuperseded],
	MessageExpired{}.Type():    decode[MessageExpired],
	MessageRetimed{}.Type():    decode[MessageRetimed],
	MessageClaimed{}.Type():    decode[MessageClaimed],
	MessageSent{}.Type():       decode[MessageSent],
	MessageDeferred{}.Type():   decode[MessageDeferred],
	MessageFailed{}.Type():     decode[MessageFailed],
	MessageUncertain{}.Type():  decode[MessageUncertain],
	MessageBounced{}.Type():    decode[MessageBounced],
	Suppressed{}.Type():        decode[Suppressed],
	Unsuppressed{}.Type():      decode[Unsuppressed],
	Contacted{}.Type():         decode[Contacted],
	Replied{}.Type():           decode[Replied],
	FactRecorded{}.Type():      decode[FactRecorded],
	FactWithdrawn{}.Type():     decode[FactWithdrawn],
	Imported{}.Type():          decode[Imported],
	ImportUndone{}.Type():      decode[ImportUndone],
	HaltedAll{}.Type():         decode[HaltedAll],
	ResumedAll{}.Type():        decode[ResumedAll],
	BrakeReleased{}.Type():     decode[BrakeReleased],
	DateConfirmed{}.Type():     decode[DateConfirmed],
	TakenOver{}.Type():         decode[TakenOver],
	Adopted{}.Type():           decode[Adopted],
	Edited{}.Type():            decode[Edited],
	Trusted{}.Type():           decode[Trusted],
	Erased{}.Type():            decode[Erased],
	SaidSame{}.Type():          decode[SaidSame],
	SaidDifferent{}.Type():     decode[SaidDifferent],
	SaidUndone{}.Type():        decode[SaidUndone],
	RunRecorded{}.Type():       decode[RunRecorded],
}
