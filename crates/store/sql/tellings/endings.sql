-- What the occurrences of a batch came to, and how many of each after their ready-by.
SELECT state, edition, COUNT(*) AS total,
    SUM(CASE WHEN state = 'published' AND ended_at > ready_by THEN 1 ELSE 0 END) AS late
FROM occurrences
WHERE batch_id = $1
GROUP BY state, edition
