-- A feed whose next slot has an occurrence already. $1 at most so many.
SELECT feeds.id AS subject,
    'its next slot is ' || feeds.next_date || ', which has occurrence ' || occurrences.id AS detail,
    CAST(NULL AS BIGINT) AS at
FROM feeds
JOIN occurrences ON occurrences.feed_id = feeds.id AND occurrences.local_date = feeds.next_date
    AND occurrences.request IS NULL
WHERE feeds.next_ready_by IS NOT NULL
ORDER BY feeds.id
LIMIT $1
