-- A message that still gathers is locked until the transaction ends: nothing joins it meanwhile.
UPDATE deliveries SET state = state WHERE id = $1 AND state = 'waiting'
RETURNING id
