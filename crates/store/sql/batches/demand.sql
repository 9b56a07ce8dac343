-- How many artifacts of a kind a batch wanted, and how many are settled.
SELECT kind, COUNT(*) AS wanted, COUNT(settled_at) AS settled
FROM demand
WHERE batch_id = $1
GROUP BY kind
