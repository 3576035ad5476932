-- The headings of each imported file, a JSON list of texts, to say which of them
-- changed. Of imports before this step they are not known.

alter table imports add column header text not null default '';
