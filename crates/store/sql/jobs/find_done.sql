-- A job that is done: its last attempt.
SELECT job, kind, lane, key, outcome, ended_at, message
FROM attempts
WHERE job = $1 AND outcome IN ('done', 'skipped')
