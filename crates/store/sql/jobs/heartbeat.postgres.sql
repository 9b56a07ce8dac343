-- Keep leases alive; no row comes back for a ticket that is no longer good. Twin: heartbeat.sqlite.sql.
UPDATE jobs
SET lease_until = $3
FROM unnest($1::bigint[], $2::integer[]) AS ticket (id, fence)
WHERE jobs.id = ticket.id AND jobs.fence = ticket.fence AND jobs.state = 'leased'
RETURNING jobs.id
