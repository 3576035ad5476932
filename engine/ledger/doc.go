// Package ledger holds the Book: all cases, actions, tasks and messages of a
// constituency, and every transition they can make. It is the only place where
// a transition is decided. A store saves what the Book decided, and decides
// nothing.
//
// # Events
//
// A Book is changed by Apply alone, one Event at a time. Events are numbered
// from 1 without a gap, and each is bound to all before it by a hash (Chain).
// The same events give the same Book, and so does Restore from its Projection.
// A change that a Book does not make is a *Refused, and leaves the Book as it
// was. Moments are kept in UTC, to the microsecond.
//
// The log holds no personal data. Event.By is a plain word, the role that
// acted. No text of a change holds the character that every mail address has,
// nor an invisible one; reasons, answers and the like are at most 200 bytes.
// An occasion, element, addressee or occurrence that breaks this rule, or is
// longer than 100 bytes, stands as a digest, in its key too; what a mail
// server said is cleaned; any other text that breaks the rule is refused.
//
// # Keys
//
// A case is known by playbook, subject and occasion, an action by its case,
// step, element, addressee and occurrence. Apply checks that a key is that of
// the fields beside it. Separators are escaped, so keys are unambiguous.
//
// # The four machines
//
// Each table has the states across and what happens down. A cell is the state
// after it; "." is a refusal, "-" is not known to the Book. A test walks every
// pair and compares it with these tables.
//
// A case opens once per key. One that closed as over may come back, and then
// it stands where it stood: the actions and tasks that were withdrawn at the
// very moment of its closing are owed and open again, those that were settled,
// missed, rejected or withdrawn before are not. A date that moves by 21 days
// or more is refused, for it is a new occasion. Backlog holds until approved;
// from then on its clock counts. What a playbook found while it only observed
// is backlog once it acts, unless it closed for good. Closing leaves tasks and messages to changes
// of their own. An erasure closes all cases of its subject as ended.
//
//	case                           -        open     frozen   over     closed
//	CaseOpened                     open     .        .        .        .
//	CaseRetimed                    .        open     frozen   .        .
//	CaseFrozen                     .        frozen   frozen   .        .
//	CaseThawed                     .        .        open     .        .
//	CaseClosed as over             .        over     over     .        .
//	CaseClosed otherwise           .        closed   closed   .        .
//	CaseReopened                   .        .        .        open     .
//	BacklogApproved                .        open     frozen   .        .
//	Erased, its subject            -        closed   closed   closed   closed
//
// An action that waits for its moment is not in the Book. It may travel in
// several messages at once, to the holders of a shared role, never in two to
// the same reader. It is done as soon as the first of them is sent. When one
// falls away, the action stays in the message as long as another message that
// may yet go carries it. Done, missed and withdrawn are ends (but see the
// reopening of a case). A message that carries a missed or withdrawn action
// can be neither approved nor claimed: it is to be superseded.
//
//	action                         -          owed       in message done       missed     withdrawn
//	message proposed               in message in message in message .          .          .
//	... to the same reader         in message in message .          .          .          .
//	message claimed                .          .          in message done       .          .
//	message sent                   .          .          done       done       .          .
//	message uncertain              .          .          in message done       .          .
//	... and bounced                .          .          done       done       .          .
//	message deferred               .          .          in message done       .          .
//	message failed                 .          .          owed       done       .          .
//	message superseded             .          .          owed       done       missed     withdrawn
//	message rejected               .          .          withdrawn  done       missed     withdrawn
//	message expired                .          .          missed     done       missed     withdrawn
//	... any, another carries it    .          .          in message .          .          .
//	ActionClosed as done           done       done       done       .          .          .
//	ActionClosed as missed         missed     missed     missed     .          .          .
//	ActionClosed as withdrawn      withdrawn  withdrawn  withdrawn  .          .          .
//	... while it is claimed        .          .          .          .          .          .
//	... while it is uncertain      .          .          .          .          .          .
//	Erased, the case's subject     -          withdrawn  withdrawn  done       missed     withdrawn
//
// A task is given once per key while its case is open or frozen, and has a
// number in sequence. It is answered once, and an answer to a task that was
// withdrawn is refused. Within a day an answer can be taken back; a case that
// closed since is open again then, as one that reopens. It does not fall due before its due moment.
//
//	task                           -         open      overdue   answered  settled   withdrawn
//	TaskGiven                      open      .         .         .         .         .
//	TaskFellDue                    .         overdue   .         .         .         .
//	TaskRetimed, to come           .         open      open      .         .         .
//	TaskRetimed, past              .         open      overdue   .         .         .
//	TaskReassigned                 .         open      overdue   .         .         .
//	TaskGotAnswer                  .         answered  answered  .         .         .
//	TaskUnanswered                 .         .         .         open      .         .
//	TaskWasSettled                 .         settled   settled   .         .         .
//	TaskWasWithdrawn               .         withdrawn withdrawn .         .         .
//	CaseClosed                     -         open      overdue   answered  settled   withdrawn
//	CaseReopened                   -         open      overdue   answered  settled   withdrawn
//	Erased, the case's subject     -         withdrawn withdrawn answered  settled   withdrawn
//
// A message is proposed once for its key, unless the last one of that key fell
// away ("new": another message, with the next number). An approval must name
// the digest of the words. Whatever is refused at a claim is decided there for
// the last time: nothing is claimed while everything is stopped; by a fence
// lower than one seen; before its moment or after its end; for a person or
// address that is suppressed; for a case that has been closed; or, if it goes
// to a member, for a case that is frozen or unapproved backlog. (An officer's
// digest may bring news of any case.) A claim counts as an attempt. Uncertain
// is when nobody can say whether it went: it counts as a contact, its actions
// stay in the message, and a proof makes it sent, a person's word failed.
//
//	message                        -    prop appr clai defe unce sent boun fail reje supe expi
//	MessageProposed, same key      prop .    .    .    .    .    .    .    new  new  new  new
//	MessageApproved                .    appr .    .    .    .    .    .    .    .    .    .
//	MessageRejected                .    reje reje .    reje .    .    .    .    .    .    .
//	MessageSuperseded              .    supe supe .    supe .    .    .    .    .    .    .
//	MessageExpired                 .    expi expi .    expi .    .    .    .    .    .    .
//	MessageRetimed                 .    prop appr .    defe .    .    .    .    .    .    .
//	MessageClaimed                 .    .    clai .    clai .    .    .    .    .    .    .
//	MessageSent, with proof        .    .    .    sent .    sent .    .    .    .    .    .
//	MessageSent, without           .    .    .    sent .    .    .    .    .    .    .    .
//	MessageDeferred                .    .    .    defe .    .    .    .    .    .    .    .
//	MessageFailed                  .    .    .    fail .    fail .    .    .    .    .    .
//	MessageUncertain               .    .    .    unce .    .    .    .    .    .    .    .
//	MessageBounced                 .    .    .    .    .    boun boun .    .    .    .    .
//	Erased, the reader             -    supe supe clai supe unce sent boun fail reje supe expi
//
// prop proposed, appr approved, clai claimed, defe deferred, unce uncertain,
// boun bounced, fail failed, reje rejected, supe superseded, expi expired.
//
// # Yes
//
// A person's yes says in which role it was said, by whom if that is known, how,
// and to which saved plan if it named one. It may open an undo window: until that
// ends the message is not claimed, and can be rejected like any that waits. A yes
// whose window would end after the message does is refused; trust opens none.
//
// A letter to a member may be proposed as one that needs two yeses. The first is
// kept on the message, which stays proposed; the second approves it. They are two
// roles' and, where both persons are known, two persons'; trust is neither.
//
//	of a message that needs two    prop     first    appr
//	MessageGotYes                  first    .        .
//	MessageApproved, another's     .        appr     .
//	... the same role's            .        .        .
//	... the same person's          .        .        .
//	... by trust                   .        .        .
//
// A saved plan is the letters that waited at one moment, in their order, and a
// digest over its number and their digests. It is open while one of its letters
// waits and it has not expired, which happens once, at its end or later, and only
// to an open one. The Book keeps every open plan, and the last of the others.
//
// # Trust
//
// The Book keeps what a playbook may do by itself, as it was last given, earned
// or lost, and counts what persons decided without change since then: letters
// that they approved, and batches of them, which are the moments at which they
// did. An approval by trust itself counts for nothing.
//
//	decided                        letters   batches
//	MessageApproved by a person    +1        +1, if at another moment than the last
//	MessageApproved by trust       .         .
//	MessageRejected                0         0
//	Trusted                        0         0
//
// # Persons
//
// A suppression lies on a person, on an address (a keyed hash) or on both, for
// a scope: marketing holds back marketing, all and bounced hold back every
// letter to a member. It outlives an erasure. Contacts, which a budget counts,
// are letters of basis service and marketing that are on the wire, went, came
// back or may have gone, and talks outside the program. An erasure withdraws
// the tasks and actions of the person and supersedes every waiting message to
// or about them; what is on the wire stays until somebody can say. Nothing new
// is accepted about a person who was erased. Numbers stay, and lead nowhere.
//
// That one human stands behind two records is said by a person, of two records
// at a time, and so is that two do; either can be taken back, and an erasure
// takes back all that was said of its record. Nobody is one with another
// because of anything else. Records that are one share suppressions, contacts
// and replies; and no letter is claimed that went, or may have gone, to the
// same person under another number. Nothing of this changes what was laid,
// sent or counted under a number, so that taking it back parts them again.
package ledger
