-- What was told long ago, some at a time: nobody would tell it again.
DELETE FROM tellings
WHERE (channel_id, subject) IN (
    SELECT channel_id, subject FROM tellings WHERE told_at < $1 ORDER BY told_at LIMIT $2
)
