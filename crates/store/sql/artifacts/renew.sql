-- Keep a lease alive while its maker works.
UPDATE artifacts
SET lease_until = $3
WHERE key = $1 AND state = 'making' AND token = $2
