-- Programs, with the occurrences that are published in the same transaction. Twin: add.sqlite.sql.
INSERT INTO programs (id, occurrence_id, listener_id, feed_id, title, language, edition, reason, duration_ms,
    bytes, document, manifest, parts, visible_at, expires_at)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
    (value ->> 8)::bigint, (value ->> 9)::bigint, value ->> 10, value ->> 11, value ->> 12,
    (value ->> 13)::bigint, (value ->> 14)::bigint
FROM jsonb_array_elements($1::jsonb) AS new (value)
