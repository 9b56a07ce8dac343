-- Jobs whose time has come. Twin: promote_due.postgres.sql.
UPDATE jobs
SET waiting = 0
WHERE id IN (
    SELECT id
    FROM jobs
    WHERE state = 'available' AND waiting = 1 AND ready_at <= $1
    ORDER BY ready_at
    LIMIT $2)
