-- An occurrence whose feed or batch is gone. $1 at most so many.
SELECT occurrences.id AS subject,
    CASE WHEN feeds.id IS NULL THEN 'feed ' || occurrences.feed_id ELSE 'batch ' || occurrences.batch_id END
        || ' is gone' AS detail,
    CAST(NULL AS BIGINT) AS at
FROM occurrences
LEFT JOIN feeds ON feeds.id = occurrences.feed_id
LEFT JOIN batches ON batches.id = occurrences.batch_id
WHERE feeds.id IS NULL OR batches.id IS NULL
ORDER BY occurrences.id
LIMIT $1
