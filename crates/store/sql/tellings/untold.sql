-- Programs of a batch that channels of their listeners are still to tell of, from one occurrence ($2) on: not those
-- that could be heard before an instant ($3), and none that was there before the channel.
SELECT channels.id, channels.listener_id, channels.settings, occurrences.id, occurrences.ready_by, programs.id,
    programs.visible_at
FROM occurrences
JOIN programs ON programs.occurrence_id = occurrences.id
JOIN channels ON channels.listener_id = occurrences.listener_id
WHERE occurrences.batch_id = $1 AND occurrences.state = 'published' AND occurrences.id >= $2
    AND programs.visible_at >= $3
    AND channels.about = 'programs' AND channels.off_at IS NULL
    AND (channels.created_at <= occurrences.ready_by OR channels.created_at <= programs.visible_at)
    AND NOT EXISTS (
        SELECT 1 FROM tellings
        WHERE tellings.channel_id = channels.id AND tellings.subject = occurrences.id
    )
ORDER BY occurrences.id, channels.id
LIMIT $4
