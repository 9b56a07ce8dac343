-- Messages that came to their end long ago, some at a time.
DELETE FROM deliveries
WHERE id IN (SELECT id FROM deliveries WHERE ended_at < $1 ORDER BY ended_at LIMIT $2)
