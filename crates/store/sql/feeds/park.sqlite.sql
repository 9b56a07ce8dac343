-- Feeds without a next slot. Twin: park.postgres.sql. $1 ids as JSON.
UPDATE feeds SET next_date = NULL, next_ready_by = NULL WHERE id IN (SELECT value FROM json_each($1))
