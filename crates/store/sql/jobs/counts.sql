-- Jobs by lane, kind and state, and since when the oldest of them could have been claimed.
SELECT lane, kind, state, waiting, COUNT(*) AS total, MIN(ready_at) AS oldest_ready_at
FROM jobs
WHERE discarded_at IS NULL
GROUP BY lane, kind, state, waiting
ORDER BY lane, kind, state, waiting
