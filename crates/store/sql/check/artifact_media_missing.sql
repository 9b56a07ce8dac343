-- What is made, with where it is: a page, those after a key whose names are like $3. $1 after, $2 how many.
SELECT key, media_key, bytes
FROM artifacts
WHERE state = 'ready' AND media_key IS NOT NULL AND key > $1 AND key LIKE $3
ORDER BY key
LIMIT $2
