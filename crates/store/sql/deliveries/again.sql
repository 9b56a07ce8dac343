-- A message that came to its end is sent once more, as it was. $1 id, $2 its listener, $3 now.
UPDATE deliveries SET state = 'sending', send_at = $3, ended_at = NULL
WHERE id = $1 AND listener_id = $2 AND ended_at IS NOT NULL AND notice IS NOT NULL
