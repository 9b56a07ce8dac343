-- How many artifacts stand, at once. Twin: states.postgres.sql. $1 keys as JSON.
SELECT key, state, frames, retry_after, instead FROM artifacts WHERE key IN (SELECT value FROM json_each($1))
