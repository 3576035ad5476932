-- Who said yes to a message: one person or, where it needs two, both, of
-- different roles; how, naming which saved plan; and until when that can be taken
-- back. Officers are numbers of records, nothing else.

alter table messages add column two smallint not null default 0 check (two in (0, 1)) check (two = 0 or auto = 0);
alter table messages add column first_by text not null default '';
alter table messages add column first_person bigint not null default 0;
alter table messages add column first_at bigint;
alter table messages add column first_via text not null default '';
alter table messages add column first_plan bigint not null default 0;
alter table messages add column yes_by text not null default '' check (two = 0
  or state in ('proposed', 'rejected', 'superseded', 'expired')
  or first_by <> '' and yes_by <> '' and first_by <> yes_by);
alter table messages add column yes_person bigint not null default 0;
alter table messages add column yes_at bigint;
alter table messages add column yes_via text not null default '';
alter table messages add column yes_plan bigint not null default 0;
alter table messages add column undo_until bigint;

-- Where the rest of a batch was let go, whatever became of its first letters: of
-- those that had left before then.

alter table brakes add column stage bigint;

-- What waited for a yes at a moment, as it was shown: the letters in their order
-- (a JSON list of numbers), the digest over them, and digests of what they were
-- made from.

create table saved_plans (
  constituency bigint not null,
  number bigint not null check (number > 0),
  digest text not null check (length(digest) = 64),
  saved bigint not null,
  expires bigint not null check (expires > saved),
  data text not null,
  playbooks text not null,
  settings text not null,
  letters text not null,
  expired smallint not null check (expired in (0, 1)),
  primary key (constituency, number)
);
