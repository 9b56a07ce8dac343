-- A batch that is not closed long after it was due: by then what has no program should have been given up. $1 at
-- most so many, $2 due before.
SELECT id AS subject, 'due at {at}, and not closed' AS detail, due_at AS at
FROM batches
WHERE closed_at IS NULL AND due_at < $2
ORDER BY ready_by
LIMIT $1
