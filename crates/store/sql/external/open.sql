-- The first request for an occurrence; changes nothing when there was one.
INSERT INTO external_exchanges (occurrence_id, state, sends, asked_at, due_at, answer_by)
VALUES ($1, 'sent', $2, $3, $4, $5)
ON CONFLICT DO NOTHING
