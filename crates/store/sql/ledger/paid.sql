-- What was paid for an artifact of late, and what may have been.
SELECT COALESCE(SUM(CASE WHEN outcome = 'answered' THEN 1 ELSE 0 END), 0) AS answered,
    COALESCE(SUM(CASE WHEN outcome = 'lost' OR state = 'lapsed' THEN 1 ELSE 0 END), 0) AS lost
FROM ledger
WHERE artifact = $1 AND operation = $2 AND ended_at > $3
