-- How many limits hold; without any, a claim need not count what runs.
SELECT COUNT(*) AS total FROM job_limits
