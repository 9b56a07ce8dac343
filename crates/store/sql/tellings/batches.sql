-- The batches that a message tells of, by their ready-by.
SELECT batches.id, batches.ready_by, batches.closed_at
FROM tellings
JOIN batches ON batches.id = tellings.subject
WHERE tellings.delivery_id = $1 AND batches.closed_at IS NOT NULL
ORDER BY batches.ready_by, batches.id
