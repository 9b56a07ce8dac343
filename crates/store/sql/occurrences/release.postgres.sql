-- These leave the barrier. Twin: release.sqlite.sql.
UPDATE occurrences
SET released_at = $2
WHERE id IN (SELECT value #>> '{}' FROM jsonb_array_elements($1::jsonb)) AND state = 'selected'
    AND released_at IS NULL
