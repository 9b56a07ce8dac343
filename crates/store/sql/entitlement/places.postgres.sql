-- The schedules of some feeds, and how many of their listener's feeds that have programs are older than each. Twin:
-- places.sqlite.sql. Here JSON has another name.
SELECT feeds.id, feeds.schedule,
    (SELECT COUNT(*)
     FROM feeds AS older
     WHERE older.listener_id = feeds.listener_id AND older.next_ready_by IS NOT NULL
        AND (older.created_at, older.id) < (feeds.created_at, feeds.id)) AS older
FROM feeds
WHERE feeds.id IN (SELECT jsonb_array_elements_text($1::jsonb))
