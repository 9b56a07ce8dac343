-- Feeds move on to their next slots. Twin: advance.postgres.sql. Here they come as JSON:
-- [[id, settled date, next date, next ready-by], …].
UPDATE feeds
SET settled_date = slot.value ->> 1, next_date = slot.value ->> 2, next_ready_by = slot.value ->> 3
FROM json_each($1) AS slot
WHERE feeds.id = slot.value ->> 0
