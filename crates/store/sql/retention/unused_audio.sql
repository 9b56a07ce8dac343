-- Sound that was fetched for occurrences that ended without a program. $1 answered before, $2 at most so many.
SELECT external_exchanges.occurrence_id, external_exchanges.audio
FROM external_exchanges
JOIN occurrences ON occurrences.id = external_exchanges.occurrence_id
WHERE external_exchanges.audio IS NOT NULL AND external_exchanges.answered_at < $1
    AND occurrences.state IN ('skipped', 'missed', 'failed', 'cancelled')
LIMIT $2
