-- How many programs a listener asked for in a time. $1 listener, $2 from, $3 to.
SELECT COUNT(*) AS asked
FROM occurrences
WHERE listener_id = $1 AND request IS NOT NULL AND opened_at >= $2 AND opened_at < $3
    AND state NOT IN ('skipped', 'failed', 'cancelled')
