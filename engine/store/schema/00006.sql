-- What a person said of two records: that one human stands behind both, or that
-- two do. Numbers only. The table people, and identities.person, which were
-- meant for this, cannot say that two are different, nor take one merger of
-- several back: nothing reads or writes them.

create table sayings (
  constituency bigint not null,
  one bigint not null check (one > 0),
  other bigint not null check (other > one),
  same smallint not null check (same in (0, 1)),
  said bigint not null,
  primary key (constituency, one, other)
);
