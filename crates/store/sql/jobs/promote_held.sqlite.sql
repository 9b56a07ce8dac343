-- Jobs that were held for this. Twin: promote_held.postgres.sql.
UPDATE jobs
SET state = 'available', hold = NULL, ready_at = $2
WHERE id IN (SELECT id FROM jobs WHERE state = 'held' AND hold = $1 LIMIT $3)
