-- Open occurrences of a feed make room for another schedule: their slots may be opened again. One that is being
-- backfilled stays: it is of the past, whatever the schedule.
DELETE FROM occurrences
WHERE feed_id = $1 AND state = 'open' AND request IS NULL
    AND NOT EXISTS (SELECT 1 FROM batches WHERE batches.id = occurrences.batch_id AND batches.request IS NOT NULL)
RETURNING local_date
