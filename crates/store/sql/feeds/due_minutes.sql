-- How many feeds are due at which instant, up to a horizon.
SELECT next_ready_by, COUNT(*) AS total
FROM feeds
WHERE next_ready_by <= $1
GROUP BY next_ready_by
ORDER BY next_ready_by
