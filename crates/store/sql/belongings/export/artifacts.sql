-- What was made for a listener alone.
SELECT key, kind, state, bytes, made_at FROM artifacts WHERE owner = $1 ORDER BY key
