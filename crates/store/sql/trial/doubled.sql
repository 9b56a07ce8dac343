-- Local dates of feeds that have more programs than one, of those due in a time.
SELECT COUNT(*) AS total
FROM (
    SELECT occurrences.feed_id
    FROM occurrences
    JOIN programs ON programs.occurrence_id = occurrences.id
    WHERE occurrences.ready_by >= $1 AND occurrences.ready_by < $2 AND occurrences.request IS NULL
    GROUP BY occurrences.feed_id, occurrences.local_date
    HAVING COUNT(*) > 1
) AS doubled
