-- Decisions stay on record, and nobody's name with them. $1 the listener, $2 what stands in their place.
UPDATE audit
SET actor = REPLACE(actor, $1, $2), subject = REPLACE(subject, $1, $2), detail = REPLACE(detail, $1, $2)
WHERE subject = $1 OR actor LIKE '%' || $1 || '%' OR detail LIKE '%' || $1 || '%'
