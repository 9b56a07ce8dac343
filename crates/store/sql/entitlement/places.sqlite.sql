-- The schedules of some feeds, and how many of their listener's feeds that have programs are older than each. Twin:
-- places.postgres.sql. Here feeds come as a JSON array.
SELECT feeds.id, feeds.schedule,
    (SELECT COUNT(*)
     FROM feeds AS older
     WHERE older.listener_id = feeds.listener_id AND older.next_ready_by IS NOT NULL
        AND (older.created_at, older.id) < (feeds.created_at, feeds.id)) AS older
FROM feeds
WHERE feeds.id IN (SELECT value FROM json_each($1))
