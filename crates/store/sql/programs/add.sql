-- A program, with the occurrence that is published in the same transaction.
INSERT INTO programs (id, occurrence_id, listener_id, feed_id, title, language, edition, reason, duration_ms,
    bytes, document, manifest, parts, visible_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
