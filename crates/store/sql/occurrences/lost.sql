-- Daily slots that got no program though one was wished: missed or failed, on local dates from $1 to $2, of all
-- feeds or of one, $3. The oldest dates first.
SELECT occurrences.id, occurrences.feed_id, occurrences.local_date, occurrences.state
FROM occurrences
JOIN feeds ON feeds.id = occurrences.feed_id AND feeds.deleted_at IS NULL
WHERE occurrences.request IS NULL AND occurrences.state IN ('missed', 'failed')
    AND occurrences.local_date BETWEEN $1 AND $2
    AND (CAST($3 AS TEXT) IS NULL OR occurrences.feed_id = CAST($3 AS TEXT))
ORDER BY occurrences.local_date, occurrences.id
