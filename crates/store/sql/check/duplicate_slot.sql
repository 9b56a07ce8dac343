-- A feed's local date with more than one occurrence: the way to two programs. $1 at most so many.
SELECT feed_id || ' ' || local_date AS subject,
    CAST(COUNT(*) AS TEXT) || ' occurrences, the first ' || MIN(id) || ', the last ' || MAX(id) AS detail,
    CAST(NULL AS BIGINT) AS at
FROM occurrences
WHERE request IS NULL
GROUP BY feed_id, local_date
HAVING COUNT(*) > 1
ORDER BY subject
LIMIT $1
