-- Forget old cancelled jobs, some at a time.
DELETE FROM jobs
WHERE id IN (SELECT id FROM jobs WHERE state = 'cancelled' AND ended_at < $1 ORDER BY ended_at LIMIT $2)
