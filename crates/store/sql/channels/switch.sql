-- A channel tells nothing from an instant on ($2, and $3 why), or tells again. What is off stays off for its reason.
UPDATE channels SET off_at = $2, off_why = $3 WHERE id = $1 AND (off_at IS NULL) <> (CAST($2 AS BIGINT) IS NULL)
