-- One limit. Two nodes that begin at once may say the same.
INSERT INTO job_limits (scope, name, max_running) VALUES ($1, $2, $3)
ON CONFLICT (scope, name) DO UPDATE SET max_running = excluded.max_running
