-- An artifact goes, unless somebody has needed it since. $1 key, $2 needed until before, $3 made before.
DELETE FROM artifacts
WHERE key = $1 AND state = 'ready' AND (keep_until < $2 OR (keep_until IS NULL AND made_at < $3))
RETURNING media_key
