-- Who may read which podcast: a row for each feed, or all feeds of a listener, and each device or app that reads it.
-- The token itself is nowhere: it is the row's id with a MAC of it, under a key that is not in the database.
CREATE TABLE feed_tokens (
    id           TEXT   NOT NULL PRIMARY KEY,
    listener_id  TEXT   NOT NULL REFERENCES listeners (id),
    -- NULL: all feeds of the listener, in one podcast.
    feed_id      TEXT   REFERENCES feeds (id),
    -- What the listener calls the device or app.
    label        TEXT   NOT NULL DEFAULT '',
    created_at   BIGINT NOT NULL,
    -- NULL: never.
    expires_at   BIGINT,
    -- To the hour.
    last_used_at BIGINT,
    revoked_at   BIGINT
);
CREATE INDEX feed_tokens_listener ON feed_tokens (listener_id);
CREATE INDEX feed_tokens_feed ON feed_tokens (feed_id);
