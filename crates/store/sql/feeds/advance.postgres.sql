-- Feeds move on to their next slots. Twin: advance.sqlite.sql. Here JSON is read as a record set.
UPDATE feeds
SET settled_date = slot.value ->> 1, next_date = slot.value ->> 2, next_ready_by = (slot.value ->> 3)::bigint
FROM jsonb_array_elements($1::jsonb) AS slot (value)
WHERE feeds.id = slot.value ->> 0
