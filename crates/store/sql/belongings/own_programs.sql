-- A listener's programs that others have made, with their sound.
SELECT id, occurrence_id, manifest FROM programs WHERE listener_id = $1 AND parts = '[]' AND emptied_at IS NULL
