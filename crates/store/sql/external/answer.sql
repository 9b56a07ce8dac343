-- The answer that an occurrence's program was made of.
SELECT answer
FROM external_exchanges
WHERE occurrence_id = $1 AND state IN ('answered', 'called_back')
