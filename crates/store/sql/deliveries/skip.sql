-- A message is not sent, for a reason ($2).
UPDATE deliveries SET state = 'skipped', detail = $2, ended_at = $3 WHERE id = $1 AND ended_at IS NULL
