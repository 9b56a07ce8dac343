-- A page of a listener's messages ($1), of one channel ($2) or of all, the latest first: those before another ($3).
SELECT id, channel_id, listener_id, notice, state, send_at, attempts, status, detail, created_at, tried_at, ended_at
FROM deliveries
WHERE listener_id = $1 AND (CAST($2 AS TEXT) IS NULL OR channel_id = CAST($2 AS TEXT)) AND id < $3
ORDER BY id DESC
LIMIT $4
