-- How leases of these jobs ended, to find what was refused. Twin: recorded.sqlite.sql (ids as JSON).
SELECT job, fence, outcome, ended_at FROM attempts WHERE job = ANY ($1::bigint[])
