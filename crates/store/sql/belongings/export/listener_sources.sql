-- Sources that a listener keeps at hand.
SELECT listener_sources.source_id, sources.address, listener_sources.title, listener_sources.created_at
FROM listener_sources
JOIN sources ON sources.id = listener_sources.source_id
WHERE listener_sources.listener_id = $1
ORDER BY listener_sources.source_id
