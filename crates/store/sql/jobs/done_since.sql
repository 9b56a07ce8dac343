-- Attempts that ended since an instant, by kind and outcome.
SELECT kind, outcome, COUNT(*) AS total
FROM attempts
WHERE ended_at >= $1
GROUP BY kind, outcome
ORDER BY kind, outcome
