-- Jobs that were held for this. Twin: promote_held.sqlite.sql. Here rows of others are skipped.
UPDATE jobs
SET state = 'available', hold = NULL, ready_at = $2
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM jobs
    WHERE state = 'held' AND hold = $1
    LIMIT $3
    FOR UPDATE SKIP LOCKED))
