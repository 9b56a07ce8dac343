-- New occurrences; a slot that has one already keeps it. Twin: open.postgres.sql. Here they come as JSON:
-- [[id, feed, listener, batch, date, request, lane, ready-by, state, reason, ended], …]. $2 now.
INSERT INTO occurrences (id, feed_id, listener_id, batch_id, local_date, request, lane, ready_by, opened_at,
    state, reason, ended_at)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
    $2, value ->> 8, value ->> 9, value ->> 10
FROM json_each($1)
WHERE true
ON CONFLICT DO NOTHING
