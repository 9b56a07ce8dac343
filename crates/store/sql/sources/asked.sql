-- How asking a source ended, unless somebody else has asked since: $7 is when it was last asked.
UPDATE sources
SET state = $2, next_fetch_at = $3, interval_s = $4, failures = $5, error = $6, fetched_at = $8
WHERE id = $1 AND fetched_at IS NOT DISTINCT FROM $7
