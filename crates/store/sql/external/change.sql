-- The next state of an exchange that still stands as it was read: $2 its state, $3 its requests. $11 now.
UPDATE external_exchanges
SET state = $4, sends = $5, due_at = $6, answer_by = $7, accepted_at = $8, error = $10,
    asked_at = $12,
    answer = CASE WHEN $4 = 'failed' THEN answer ELSE $9 END,
    answered_at = CASE WHEN $4 IN ('answered', 'called_back') THEN $11 WHEN $4 = 'sent' THEN NULL
        ELSE answered_at END,
    audio = CASE WHEN $4 = 'sent' THEN NULL ELSE audio END
WHERE occurrence_id = $1 AND state = $2 AND sends = $3
