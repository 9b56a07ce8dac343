-- How many artifacts there are of which kind and state, and how large they are together.
SELECT kind, state, COUNT(*) AS total, CAST(COALESCE(SUM(bytes), 0) AS BIGINT) AS bytes
FROM artifacts
GROUP BY kind, state
ORDER BY kind, state
