-- How leases of these jobs ended, to find what was refused. Twin: recorded.postgres.sql (ids as an array).
SELECT job, fence, outcome, ended_at FROM attempts WHERE job IN (SELECT value FROM json_each($1))
