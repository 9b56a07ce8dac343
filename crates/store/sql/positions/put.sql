-- How far a listener has heard a program of theirs. What comes late from another device does not undo what is newer.
INSERT INTO positions (listener_id, program_id, at_ms, ended, updated_at)
SELECT listener_id, id, $3, $4, $5 FROM programs WHERE id = $2 AND listener_id = $1
ON CONFLICT (listener_id, program_id) DO UPDATE
SET at_ms = excluded.at_ms,
    ended = CASE WHEN excluded.ended > positions.ended THEN excluded.ended ELSE positions.ended END,
    updated_at = excluded.updated_at
WHERE positions.updated_at <= excluded.updated_at
