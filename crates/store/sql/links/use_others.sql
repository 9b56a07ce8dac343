-- What else was sent for the same is of no use any more. $1 purpose, $2 listener or NULL for nobody's, $3 now.
UPDATE one_time_links SET used_at = $3
WHERE purpose = $1 AND COALESCE(listener_id, '') = COALESCE(CAST($2 AS TEXT), '') AND used_at IS NULL
