-- Artifacts by kind and state.
SELECT kind, state, COUNT(*) AS total
FROM artifacts
GROUP BY kind, state
ORDER BY kind, state
