-- What became of each message that came back to the mailbox. The sender is a
-- keyed hash; what is shown of a message that waits for a person stands in its
-- body, which is emptied when somebody has decided.

alter table inbound add column state text not null default 'done' check (state in ('done', 'waiting'));
alter table inbound add column result text not null default '';
alter table inbound add column folder text not null default '';
alter table inbound add column filed bigint;
alter table inbound add column taken bigint not null default 0;
alter table inbound add column sender text not null default '';
alter table inbound add column files bigint not null default 0 check (files >= 0);
alter table inbound add column bytes bigint not null default 0 check (bytes >= 0);
