-- Forget old attempts, some at a time. Twin: prune_attempts.postgres.sql.
DELETE FROM attempts
WHERE (job, fence) IN (SELECT job, fence FROM attempts WHERE ended_at < $1 ORDER BY ended_at LIMIT $2)
