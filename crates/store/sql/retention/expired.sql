-- Programs that are over and still have their sound, the longest over first, with those whose sound is theirs alone told
-- by their lack of parts. $1 now, $2 at most so many.
SELECT id, occurrence_id, parts, manifest
FROM programs
WHERE emptied_at IS NULL AND expires_at <= $1
ORDER BY expires_at
LIMIT $2
