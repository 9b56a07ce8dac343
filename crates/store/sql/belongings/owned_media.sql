-- Objects of what was made for a listener alone.
SELECT media_key FROM artifacts WHERE owner = $1 AND media_key IS NOT NULL
