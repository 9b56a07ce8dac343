-- New occurrences; a slot that has one already keeps it. Twin: open.sqlite.sql.
INSERT INTO occurrences (id, feed_id, listener_id, batch_id, local_date, request, lane, ready_by, opened_at,
    state, reason, ended_at)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, (value ->> 6)::smallint,
    (value ->> 7)::bigint, $2, value ->> 8, value ->> 9, (value ->> 10)::bigint
FROM jsonb_array_elements($1::jsonb) AS new (value)
ON CONFLICT DO NOTHING
