-- What was chosen for occurrences, to be read: a page, those after an id. $1 after, $2 how many.
SELECT id, selection
FROM occurrences
WHERE selection IS NOT NULL AND id > $1
ORDER BY id
LIMIT $2
