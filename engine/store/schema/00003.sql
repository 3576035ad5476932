-- Whether a playbook only observes, where trust was minuted, and how many
-- letters of each playbook persons have approved without change.

alter table switches add column observes smallint not null default 0 check (observes in (0, 1));
alter table trusts add column minute text not null default '';

create table decided (
  constituency bigint not null,
  playbook text not null check (playbook <> ''),
  letters bigint not null check (letters > 0),
  batches bigint not null check (batches > 0 and batches <= letters),
  last bigint not null,
  primary key (constituency, playbook)
);
