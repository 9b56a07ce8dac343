-- Programs that were over before an instant and whose sound is gone. $1 instant, $2 at most so many.
SELECT id, occurrence_id FROM programs WHERE expires_at < $1 AND emptied_at IS NOT NULL ORDER BY expires_at LIMIT $2
