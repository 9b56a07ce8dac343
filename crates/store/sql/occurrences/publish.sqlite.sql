-- Selected occurrences have their programs: once; which ones. Twin: publish.postgres.sql. $1 as JSON:
-- [[id, edition, reason], …], $2 now.
UPDATE occurrences
SET state = 'published', edition = made.value ->> 1, reason = made.value ->> 2, ended_at = $2,
    released_at = COALESCE(released_at, $2)
FROM json_each($1) AS made
WHERE occurrences.id = made.value ->> 0 AND occurrences.state = 'selected'
RETURNING occurrences.id
