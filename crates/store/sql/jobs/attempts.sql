-- How a job went, lease by lease.
SELECT fence, kind, lane, outcome, started_at, ended_at, owner, class, message, units, cost_micro_usd
FROM attempts
WHERE job = $1
ORDER BY fence
