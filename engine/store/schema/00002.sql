-- What kind of report an import was, where its source or the officer says so,
-- and how many of its cells could not be read.

alter table imports add column kind text not null default '';
alter table imports add column unread_count bigint not null default 0 check (unread_count >= 0);
