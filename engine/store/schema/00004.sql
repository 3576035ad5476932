-- What each import of the members list changed, worked out when it was taken.
-- It can be worked out anew at any time, and is thrown away when somebody is
-- forgotten. The stamp says by which rules it was made.

create table changes (
  constituency bigint not null,
  import bigint not null,
  stamp text not null,
  body bytea not null,
  primary key (constituency, import),
  foreign key (constituency, import) references imports (constituency, id)
);
