-- What people decided is a small part of the log, and is what is asked for most:
-- it has an index of its own. Where the program counts other kinds of events as
-- decisions, the log is read through as before, until the index is made anew.

create index events_decided on events (constituency, seq)
  where happened_by <> 'clarion' or type in ('message_approved', 'trusted', 'plan_saved', 'plan_expired', 'halted_all', 'imported', 'suppressed');
