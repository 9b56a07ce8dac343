-- What was fetched for the answer that stands; the first that was fetched is kept.
UPDATE external_exchanges
SET audio = $3
WHERE occurrence_id = $1 AND sends = $2 AND state IN ('answered', 'called_back') AND audio IS NULL
