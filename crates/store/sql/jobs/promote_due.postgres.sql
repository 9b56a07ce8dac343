-- Jobs whose time has come. Twin: promote_due.sqlite.sql. Here rows of others are skipped.
UPDATE jobs
SET waiting = 0
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM jobs
    WHERE state = 'available' AND waiting = 1 AND ready_at <= $1
    ORDER BY ready_at
    LIMIT $2
    FOR UPDATE SKIP LOCKED))
