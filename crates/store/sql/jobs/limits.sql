-- How many jobs may run at the same time.
SELECT scope, name, max_running FROM job_limits ORDER BY scope, name
