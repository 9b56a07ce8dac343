-- These leave the barrier. Twin: release.postgres.sql. $1 ids as JSON, $2 now.
UPDATE occurrences
SET released_at = $2
WHERE id IN (SELECT value FROM json_each($1)) AND state = 'selected' AND released_at IS NULL
