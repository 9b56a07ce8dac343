-- A source is about to be asked: should that be the end of whoever asks, nobody asks again before $4. Unless somebody
-- else does already: $2 is when it was last asked, $3 when it was due.
UPDATE sources
SET next_fetch_at = $4, failures = $5
WHERE id = $1 AND fetched_at IS NOT DISTINCT FROM $2 AND next_fetch_at = $3
