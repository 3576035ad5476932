-- Who is signed in to the console, and the one-time links by which one signs in.
-- Of a session's cookie and of a link's token only hashes are kept; a person is a
-- number; what a session holds is in no words.

create table sessions (
  constituency bigint not null,
  hash text not null check (length(hash) = 64),
  person bigint not null check (person >= 0),
  role text not null,
  body bytea not null,
  expires bigint not null,
  primary key (constituency, hash)
);

create index sessions_by_person on sessions (constituency, person, role);

create table sign_ins (
  constituency bigint not null,
  hash text not null check (length(hash) = 64),
  person bigint not null check (person >= 0),
  role text not null,
  expires bigint not null,
  primary key (constituency, hash)
);
