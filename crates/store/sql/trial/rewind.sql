-- Feeds stand where they stood before the slots that were due in a time: as after a backup was read back.
UPDATE feeds
SET (next_date, next_ready_by) = (
    SELECT occurrences.local_date, occurrences.ready_by
    FROM occurrences
    WHERE occurrences.feed_id = feeds.id AND occurrences.ready_by >= $1 AND occurrences.ready_by < $2
    ORDER BY occurrences.ready_by
    LIMIT 1)
WHERE id IN (SELECT feed_id FROM occurrences WHERE ready_by >= $1 AND ready_by < $2)
