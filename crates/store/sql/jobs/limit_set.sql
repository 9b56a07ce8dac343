-- One limit.
INSERT INTO job_limits (scope, name, max_running) VALUES ($1, $2, $3)
