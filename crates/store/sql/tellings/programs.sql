-- The programs that a message tells of, by their ready-by.
SELECT programs.id, programs.feed_id, feeds.name, programs.title, programs.language, occurrences.local_date,
    programs.edition, programs.reason, programs.duration_ms, programs.document, occurrences.ready_by,
    programs.visible_at, programs.expires_at
FROM tellings
JOIN occurrences ON occurrences.id = tellings.subject
JOIN programs ON programs.occurrence_id = occurrences.id
JOIN feeds ON feeds.id = programs.feed_id
WHERE tellings.delivery_id = $1
ORDER BY occurrences.ready_by, programs.id
