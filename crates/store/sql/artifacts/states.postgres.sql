-- How many artifacts stand, at once. Twin: states.sqlite.sql.
SELECT key, state, frames, retry_after, instead
FROM artifacts
WHERE key IN (SELECT value #>> '{}' FROM jsonb_array_elements($1::jsonb))
