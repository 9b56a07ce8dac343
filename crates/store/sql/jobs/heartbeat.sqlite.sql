-- Keep leases alive; no row comes back for a ticket that is no longer good. Twin: heartbeat.postgres.sql.
-- Here tickets come as JSON: [[id, fence], …].
UPDATE jobs
SET lease_until = $2
FROM json_each($1) AS ticket
WHERE jobs.id = ticket.value ->> 0 AND jobs.fence = ticket.value ->> 1 AND jobs.state = 'leased'
RETURNING jobs.id
