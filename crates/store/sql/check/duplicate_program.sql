-- A feed's local date, or a request, with more than one program. $1 at most so many.
SELECT occurrences.feed_id || ' ' || occurrences.local_date AS subject,
    CAST(COUNT(*) AS TEXT) || ' programs, the first ' || MIN(programs.id) || ', the last ' || MAX(programs.id) AS detail,
    CAST(NULL AS BIGINT) AS at
FROM programs
JOIN occurrences ON occurrences.id = programs.occurrence_id
GROUP BY occurrences.feed_id, occurrences.local_date, occurrences.request
HAVING COUNT(*) > 1
ORDER BY subject
LIMIT $1
