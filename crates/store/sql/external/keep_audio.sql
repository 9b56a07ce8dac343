-- What was fetched for the answer that stands, in place of what was read, $4; what somebody else has kept
-- meanwhile stays.
UPDATE external_exchanges
SET audio = $3
WHERE occurrence_id = $1 AND sends = $2 AND state IN ('answered', 'called_back')
    AND COALESCE(audio, '') = COALESCE(CAST($4 AS TEXT), '')
