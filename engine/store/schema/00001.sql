-- The first schema of a Clarion store. It is frozen: a later change is a new
-- numbered file beside this one. It keeps to what SQLite and PostgreSQL both
-- accept.
--
-- Every key begins with the constituency. Moments are microseconds since
-- 1 January 1970 UTC, civil dates ISO text, money pence. Digests are lower-case
-- hexadecimal SHA-256. What the ledger promises is a constraint here too, so
-- that no fault of the program can break it.

create table meta (
  constituency bigint not null,
  name text not null,
  value text not null,
  primary key (constituency, name)
);

create table files (
  constituency bigint not null,
  sha256 text not null check (length(sha256) = 64),
  media_type text not null,
  class text not null check (class <> ''),
  size bigint not null check (size >= 0),
  codec smallint not null check (codec in (0, 1)),
  body bytea,
  stored bigint not null,
  erased bigint,
  primary key (constituency, sha256),
  check ((body is null) = (erased is not null))
);

create table imports (
  constituency bigint not null,
  id bigint not null check (id > 0),
  dataset text not null check (dataset <> ''),
  file text not null,
  sheet text not null,
  sha256 text not null,
  header_hash text not null,
  list_date text,
  imported bigint not null,
  imported_by text not null,
  row_count bigint not null check (row_count >= 0),
  new_count bigint not null check (new_count >= 0),
  gone_count bigint not null check (gone_count >= 0),
  changed_count bigint not null check (changed_count >= 0),
  refused_count bigint not null check (refused_count >= 0),
  is_full smallint not null check (is_full in (0, 1)),
  is_baseline smallint not null check (is_baseline in (0, 1)),
  mapping text not null,
  undone bigint,
  undone_by text,
  primary key (constituency, id),
  unique (constituency, id, dataset),
  check ((undone is null) = (undone_by is null))
);
create unique index imports_one_baseline on imports (constituency, dataset)
  where is_baseline = 1 and undone is null;

-- The schema that a table was imported with, once for all tables of that shape.
create table shapes (
  constituency bigint not null,
  digest text not null check (length(digest) = 64),
  dataset text not null,
  body text not null,
  primary key (constituency, digest)
);

create table snapshots (
  constituency bigint not null,
  import bigint not null,
  dataset text not null,
  shape text not null,
  codec smallint not null check (codec in (0, 1)),
  digest text not null check (length(digest) = 64),
  body bytea not null,
  primary key (constituency, import),
  foreign key (constituency, shape) references shapes (constituency, digest),
  foreign key (constituency, import, dataset) references imports (constituency, id, dataset)
);

create table people (
  constituency bigint not null,
  id bigint not null check (id > 0),
  merged_into bigint check (merged_into <> id),
  confirmed_by text,
  confirmed bigint,
  primary key (constituency, id),
  foreign key (constituency, merged_into) references people (constituency, id),
  check ((merged_into is null) = (confirmed_by is null)),
  check ((merged_into is null) = (confirmed is null))
);

-- A ref is given once and stays when its key is cleared.
create table identities (
  constituency bigint not null,
  ref bigint not null check (ref > 0),
  dataset text not null check (dataset <> ''),
  key_text text check (key_text <> ''),
  person bigint,
  first_seen bigint not null,
  erased bigint,
  primary key (constituency, ref),
  unique (constituency, dataset, ref),
  unique (constituency, dataset, key_text),
  foreign key (constituency, person) references people (constituency, id),
  check ((key_text is null) = (erased is not null))
);

create table problems (
  constituency bigint not null,
  import bigint not null,
  number bigint not null check (number > 0),
  ref bigint,
  line bigint not null,
  field text not null,
  found text not null,
  why text not null,
  primary key (constituency, import, number),
  foreign key (constituency, import) references imports (constituency, id),
  foreign key (constituency, ref) references identities (constituency, ref)
);

create table facts (
  constituency bigint not null,
  id bigint not null check (id > 0),
  dataset text not null,
  ref bigint not null,
  field text not null check (field <> ''),
  value text,
  was text,
  recorded bigint not null,
  recorded_by text not null check (recorded_by <> ''),
  source text not null,
  withdrawn bigint,
  withdrawn_by text,
  erased bigint,
  primary key (constituency, id),
  foreign key (constituency, dataset, ref) references identities (constituency, dataset, ref),
  check ((withdrawn is null) = (withdrawn_by is null)),
  check ((value is null) = (erased is not null)),
  check (erased is null or was is null),
  check (erased is null or withdrawn is not null)
);
create unique index facts_one_live on facts (constituency, dataset, ref, field)
  where withdrawn is null;

create table playbook_versions (
  constituency bigint not null,
  digest text not null check (length(digest) = 64),
  playbook text not null check (playbook <> ''),
  body text not null,
  stored bigint not null,
  primary key (constituency, digest)
);

-- The log. The chain is a constraint: one event follows each event.
create table events (
  constituency bigint not null,
  seq bigint not null check (seq > 0),
  entity text not null,
  type text not null check (type <> ''),
  happened bigint not null,
  happened_by text not null check (happened_by <> ''),
  body text not null,
  previous text,
  hash text not null check (length(hash) = 64),
  primary key (constituency, seq),
  unique (constituency, hash),
  unique (constituency, previous),
  foreign key (constituency, previous) references events (constituency, hash),
  check ((seq = 1) = (previous is null))
);

-- Where the projection of the log stands, and what of it is one value only.
create table books (
  constituency bigint not null,
  seq bigint not null,
  hash text not null,
  happened bigint not null,
  halted smallint not null check (halted in (0, 1)),
  halted_for text not null,
  confirmed bigint,
  machine text not null,
  fence bigint not null,
  primary key (constituency),
  foreign key (constituency, seq) references events (constituency, seq),
  foreign key (constituency, hash) references events (constituency, hash)
);

create table switches (
  constituency bigint not null,
  playbook text not null check (playbook <> ''),
  digest text not null,
  words text not null,
  switched bigint not null,
  first_switched bigint not null,
  primary key (constituency, playbook)
);

create table adoptions (
  constituency bigint not null,
  playbook text not null check (playbook <> ''),
  digest text not null,
  adopted bigint not null,
  primary key (constituency, playbook)
);

create table trusts (
  constituency bigint not null,
  playbook text not null check (playbook <> ''),
  level text not null,
  why text not null,
  since bigint not null,
  primary key (constituency, playbook)
);

create table brakes (
  constituency bigint not null,
  number bigint not null check (number > 0),
  playbook text not null,
  actions bigint not null check (actions >= 0),
  until bigint,
  primary key (constituency, number)
);

create table runs (
  constituency bigint not null,
  seq bigint not null,
  logical bigint not null,
  wall bigint not null, -- the clock when it was recorded
  digest text not null,
  actions text not null,
  holds text not null,
  primary key (constituency, seq),
  foreign key (constituency, seq) references events (constituency, seq)
);

create table cases (
  constituency bigint not null,
  key text not null check (key <> ''),
  playbook text not null check (playbook <> ''),
  dataset text not null,
  subject bigint not null check (subject >= 0),
  occasion text not null,
  occasion_date text,
  state text not null check (state in ('open', 'frozen', 'closed')),
  result text not null check (result in ('', 'done', 'stopped', 'ended', 'over', 'spent')),
  reason text not null,
  opened bigint not null,
  changed bigint not null,
  backlog smallint not null check (backlog in (0, 1)),
  primary key (constituency, key),
  unique (constituency, playbook, dataset, subject, occasion),
  check ((state = 'closed') = (result <> ''))
);

create table actions (
  constituency bigint not null,
  key text not null check (key <> ''),
  case_key text not null,
  step text not null,
  element text not null,
  addressee text not null,
  occurrence text not null,
  state text not null check (state in ('owed', 'in message', 'done', 'missed', 'withdrawn')),
  reason text not null,
  due bigint,
  changed bigint not null,
  primary key (constituency, key),
  unique (constituency, case_key, step, element, addressee, occurrence),
  foreign key (constituency, case_key) references cases (constituency, key)
);

create table tasks (
  constituency bigint not null,
  number bigint not null check (number > 0),
  key text not null check (key <> ''),
  case_key text not null,
  step text not null,
  element text not null,
  addressee text not null check (addressee <> ''),
  state text not null check (state in ('open', 'overdue', 'answered', 'settled', 'withdrawn')),
  answer text not null,
  reason text not null,
  given bigint not null,
  due bigint,
  changed bigint not null,
  primary key (constituency, number),
  unique (constituency, key),
  foreign key (constituency, case_key) references cases (constituency, key),
  check ((state = 'answered') = (answer <> ''))
);

-- What may travel must have been approved as it stands: the digest that was
-- approved is the digest of the message.
create table messages (
  constituency bigint not null,
  id bigint not null check (id > 0),
  key text not null check (key <> ''),
  revision bigint not null check (revision > 0),
  kind text not null check (kind in ('letter', 'digest', 'sheet')),
  digest text not null check (digest <> ''),
  playbook text not null,
  approver text not null,
  basis text not null,
  person bigint not null check (person >= 0),
  address text not null,
  auto smallint not null check (auto in (0, 1)),
  state text not null check (state in ('proposed', 'approved', 'claimed', 'sent', 'deferred',
    'failed', 'uncertain', 'rejected', 'superseded', 'expired', 'bounced')),
  reason text not null,
  fence bigint not null,
  attempts bigint not null check (attempts >= 0),
  not_before bigint,
  expires bigint,
  entered bigint not null,
  sent_at bigint,
  approved_digest text,
  primary key (constituency, id),
  unique (constituency, key, revision),
  unique (constituency, id, digest),
  check (approved_digest = digest),
  check (approved_digest is not null or state in ('proposed', 'rejected', 'superseded', 'expired')),
  check (approved_digest is null or state <> 'proposed'),
  check (attempts > 0 or state not in ('claimed', 'sent', 'deferred', 'failed', 'uncertain', 'bounced'))
);
create unique index messages_one_live on messages (constituency, key)
  where state not in ('rejected', 'superseded', 'expired', 'failed');

-- The words of a message, apart from it so that the ledger loads without them.
create table contents (
  constituency bigint not null,
  message bigint not null,
  digest text not null,
  mail_from text not null,
  from_name text not null,
  reply_to text not null,
  mail_to text not null,
  to_name text not null,
  subject text not null,
  body_text text not null,
  body_html bytea,
  why text not null,
  redacted bigint, -- someone's name was taken out
  erased bigint, -- nothing is left
  primary key (constituency, message),
  foreign key (constituency, message, digest) references messages (constituency, id, digest)
);

create table attachments (
  constituency bigint not null,
  message bigint not null,
  position bigint not null,
  name text not null,
  media_type text not null,
  sha256 text not null,
  size bigint not null,
  primary key (constituency, message, position),
  foreign key (constituency, message) references contents (constituency, message),
  foreign key (constituency, sha256) references files (constituency, sha256)
);

create table message_actions (
  constituency bigint not null,
  message bigint not null,
  position bigint not null,
  action text not null,
  primary key (constituency, message, position),
  unique (constituency, message, action),
  foreign key (constituency, message) references messages (constituency, id),
  foreign key (constituency, action) references actions (constituency, key)
);

create table attempts (
  constituency bigint not null,
  message bigint not null,
  number bigint not null check (number > 0),
  fence bigint not null,
  claimed bigint not null,
  outcome text not null check (outcome in ('', 'sent', 'deferred', 'failed', 'uncertain')),
  code bigint not null,
  detail text not null,
  finished bigint,
  primary key (constituency, message, number),
  foreign key (constituency, message) references messages (constituency, id),
  check ((outcome = '') = (finished is null))
);

create table batches (
  constituency bigint not null,
  id bigint not null check (id > 0),
  playbook text not null,
  step text not null,
  size bigint not null check (size > 0),
  released bigint not null check (released >= 0),
  opened bigint not null,
  primary key (constituency, id),
  check (released <= size)
);

-- Who decided what about which exact words.
create table decisions (
  constituency bigint not null,
  seq bigint not null,
  message bigint not null,
  digest text not null,
  verdict text not null check (verdict in ('approved', 'rejected')),
  auto smallint not null check (auto in (0, 1)),
  decided bigint not null,
  decided_by text not null check (decided_by <> ''),
  reason text not null, -- a key of words
  primary key (constituency, seq),
  unique (constituency, message, verdict),
  foreign key (constituency, message, digest) references messages (constituency, id, digest),
  foreign key (constituency, seq) references events (constituency, seq)
);

-- Contacts outside the program; letters are contacts by themselves.
create table contacts (
  constituency bigint not null,
  number bigint not null check (number > 0),
  person bigint not null check (person > 0),
  how text not null,
  happened bigint not null,
  primary key (constituency, number)
);

-- The latest reply of each person.
create table replies (
  constituency bigint not null,
  person bigint not null check (person > 0),
  happened bigint not null,
  primary key (constituency, person)
);

-- Only hashes of addresses: it survives erasure.
create table suppressions (
  constituency bigint not null,
  number bigint not null check (number > 0),
  person bigint not null check (person >= 0),
  address text not null,
  scope text not null check (scope in ('all', 'marketing', 'bounced')),
  why text not null,
  source text not null,
  laid bigint not null,
  primary key (constituency, number),
  unique (constituency, person, address, scope),
  check (person > 0 or address <> '')
);

-- What persons gave as their reasons, by keyed hash: the log has the hash only.
create table words (
  constituency bigint not null,
  hash text not null check (length(hash) = 64),
  body text not null,
  stored bigint not null,
  redacted bigint,
  primary key (constituency, hash)
);

-- What the log knows of imports and of local facts, and who was forgotten.
create table import_marks (
  constituency bigint not null,
  import bigint not null check (import > 0),
  dataset text not null check (dataset <> ''),
  undone smallint not null check (undone in (0, 1)),
  primary key (constituency, import)
);

create table fact_marks (
  constituency bigint not null,
  dataset text not null check (dataset <> ''),
  subject bigint not null check (subject >= 0),
  field text not null check (field <> ''),
  digest text not null,
  primary key (constituency, dataset, subject, field)
);

create table erased_marks (
  constituency bigint not null,
  person bigint not null check (person > 0),
  primary key (constituency, person)
);

create table inbound (
  constituency bigint not null,
  id bigint not null check (id > 0),
  mailbox text not null,
  uidvalidity bigint not null,
  uid bigint not null,
  content text not null,
  received bigint not null,
  taken_for text not null,
  message bigint,
  person bigint,
  body bytea,
  erased bigint,
  primary key (constituency, id),
  unique (constituency, mailbox, uidvalidity, uid),
  unique (constituency, mailbox, content),
  foreign key (constituency, message) references messages (constituency, id)
);

create table cursors (
  constituency bigint not null,
  mailbox text not null,
  uidvalidity bigint not null,
  uid bigint not null,
  looked bigint not null,
  primary key (constituency, mailbox)
);

create table tokens (
  constituency bigint not null,
  hash text not null check (length(hash) = 64),
  purpose text not null check (purpose <> ''),
  subject text not null,
  officer text not null,
  expires bigint not null,
  used bigint,
  primary key (constituency, hash)
);

create table leases (
  constituency bigint not null,
  name text not null,
  owner text not null,
  since bigint not null,
  until bigint not null,
  fence bigint not null check (fence > 0),
  primary key (constituency, name)
);

create table erasures (
  constituency bigint not null,
  ref bigint not null,
  dataset text not null,
  key_hash text not null check (length(key_hash) = 64),
  erased bigint not null,
  erased_by text not null check (erased_by <> ''),
  kept text not null,
  primary key (constituency, ref),
  unique (constituency, dataset, key_hash),
  foreign key (constituency, dataset, ref) references identities (constituency, dataset, ref)
);
