-- What the occurrences of a batch had come to by their ready-by.
SELECT state, CASE WHEN ended_at IS NOT NULL AND ended_at <= ready_by THEN 1 ELSE 0 END AS in_time, COUNT(*) AS total
FROM occurrences
WHERE batch_id = $1
GROUP BY 1, 2
