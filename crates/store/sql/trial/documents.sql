-- The programs due in a time, a page at a time: those after an id.
SELECT programs.id, programs.document
FROM programs
JOIN occurrences ON occurrences.id = programs.occurrence_id
WHERE programs.id > $3 AND occurrences.ready_by >= $1 AND occurrences.ready_by < $2
ORDER BY programs.id
LIMIT $4
