-- A message was tried at an instant ($2). $3 what HTTP answered, $4 why it did not get through, $5 its state, $6 when it
-- came to its end.
UPDATE deliveries
SET attempts = attempts + 1, tried_at = $2, status = $3, detail = $4, state = $5, ended_at = $6
WHERE id = $1 AND state = 'sending'
