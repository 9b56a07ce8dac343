-- How many occurrences of a batch stand where; `waiting` are selected and not yet released.
SELECT state, SUM(CASE WHEN released_at IS NULL THEN 0 ELSE 1 END) AS released, COUNT(*) AS total,
    SUM(CASE WHEN ended_at > ready_by THEN 1 ELSE 0 END) AS late
FROM occurrences
WHERE batch_id = $1
GROUP BY state
