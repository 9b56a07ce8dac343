-- The unfinished job of a key.
SELECT id, state FROM jobs WHERE key = $1 AND key IS NOT NULL AND state IN ('held', 'available', 'leased')
