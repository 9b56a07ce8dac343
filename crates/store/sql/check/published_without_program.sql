-- An occurrence that says it has its program, and has none. $1 at most so many.
SELECT id AS subject, 'published at {at}, and there is no program' AS detail, ended_at AS at
FROM occurrences
WHERE state = 'published' AND NOT EXISTS (SELECT 1 FROM programs WHERE occurrence_id = occurrences.id)
ORDER BY id
LIMIT $1
