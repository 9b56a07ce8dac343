-- Occurrences by state.
SELECT state, COUNT(*) AS total FROM occurrences GROUP BY state ORDER BY state
