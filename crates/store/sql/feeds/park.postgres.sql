-- Feeds without a next slot. Twin: park.sqlite.sql.
UPDATE feeds SET next_date = NULL, next_ready_by = NULL
WHERE id IN (SELECT value #>> '{}' FROM jsonb_array_elements($1::jsonb))
