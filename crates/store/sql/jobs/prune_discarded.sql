-- Forget dead letters that were discarded long ago, some at a time.
DELETE FROM jobs
WHERE id IN (SELECT id FROM jobs WHERE state = 'dead' AND discarded_at < $1 LIMIT $2)
