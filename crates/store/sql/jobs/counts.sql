-- Jobs by lane, kind and state, how many of them wait for their time, and since when the oldest that can be
-- claimed could be.
SELECT lane, kind, state, COUNT(*) AS total, CAST(SUM(waiting) AS BIGINT) AS waiting,
    MIN(CASE WHEN state = 'available' AND waiting = 0 THEN ready_at END) AS oldest_ready_at
FROM jobs
WHERE discarded_at IS NULL
GROUP BY lane, kind, state
ORDER BY lane, kind, state
