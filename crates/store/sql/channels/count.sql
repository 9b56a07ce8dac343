-- How many channels there are of which kind, and why those that are off are.
SELECT kind, off_why, COUNT(*) AS total FROM channels GROUP BY kind, off_why ORDER BY kind, off_why
