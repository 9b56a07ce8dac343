-- One of a listener's occurrences, with the program that came of it.
SELECT occurrences.id, occurrences.feed_id, local_date, ready_by, state, occurrences.edition, occurrences.reason,
    ended_at, programs.id AS program_id
FROM occurrences
LEFT JOIN programs ON programs.occurrence_id = occurrences.id
WHERE occurrences.id = $1 AND occurrences.listener_id = $2
