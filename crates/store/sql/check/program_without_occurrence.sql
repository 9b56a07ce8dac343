-- A program whose occurrence is not published, or is gone. $1 at most so many.
SELECT programs.id AS subject,
    'occurrence ' || programs.occurrence_id || ' is ' || COALESCE(occurrences.state, 'gone') AS detail,
    CAST(NULL AS BIGINT) AS at
FROM programs
LEFT JOIN occurrences ON occurrences.id = programs.occurrence_id
WHERE occurrences.state IS DISTINCT FROM 'published'
ORDER BY programs.id
LIMIT $1
