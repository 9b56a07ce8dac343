-- Programs, with the occurrences that are published in the same transaction. Twin: add.postgres.sql. Here they come
-- as JSON: [[id, occurrence, listener, feed, title, language, edition, reason, ms, bytes, document, manifest, parts,
-- visible, expires], …].
INSERT INTO programs (id, occurrence_id, listener_id, feed_id, title, language, edition, reason, duration_ms,
    bytes, document, manifest, parts, visible_at, expires_at)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
    value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13, value ->> 14
FROM json_each($1)
