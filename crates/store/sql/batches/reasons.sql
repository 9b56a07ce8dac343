-- Why occurrences of a batch ended as they did, the most frequent first.
SELECT state, reason, COUNT(*) AS total
FROM occurrences
WHERE batch_id = $1 AND reason IS NOT NULL
GROUP BY state, reason
ORDER BY total DESC, state, reason
LIMIT $2
