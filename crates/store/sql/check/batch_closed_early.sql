-- A batch that is closed, with occurrences that have no outcome. $1 at most so many.
SELECT batches.id AS subject,
    'closed at {at} with ' || CAST(COUNT(*) AS TEXT) || ' unfinished occurrences' AS detail,
    batches.closed_at AS at
FROM batches
JOIN occurrences ON occurrences.batch_id = batches.id AND occurrences.state IN ('open', 'selected')
WHERE batches.closed_at IS NOT NULL
GROUP BY batches.id, batches.closed_at
ORDER BY batches.id
LIMIT $1
