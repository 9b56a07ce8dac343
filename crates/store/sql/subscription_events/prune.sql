-- That a message came is remembered for longer than anybody sends it again.
DELETE FROM subscription_events
WHERE id IN (SELECT id FROM subscription_events WHERE settled_at < $1 ORDER BY settled_at LIMIT $2)
