-- Something to be heard that is said to be made, and has no sound. $1 at most so many.
SELECT key AS subject, kind || ' made at {at}, without media' AS detail, made_at AS at
FROM artifacts
WHERE state = 'ready' AND kind <> 'script' AND media_key IS NULL
ORDER BY key
LIMIT $1
