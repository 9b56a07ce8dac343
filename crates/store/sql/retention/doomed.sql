-- Objects that are to go, the longest waiting first. $1 doomed before, $2 at most so many.
SELECT media_key FROM doomed_media WHERE doomed_at <= $1 ORDER BY doomed_at LIMIT $2
