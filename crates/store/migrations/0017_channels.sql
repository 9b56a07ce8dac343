-- Where listeners are told, and what they were told there.

CREATE TABLE channels (
    id          TEXT   NOT NULL PRIMARY KEY,
    listener_id TEXT   NOT NULL REFERENCES listeners (id),
    about       TEXT   NOT NULL CHECK (about IN ('programs', 'alerts', 'batches')),
    kind        TEXT   NOT NULL CHECK (kind IN ('email', 'slack', 'discord', 'webhook', 'web_push')),
    -- What the listener calls it.
    label       TEXT   NOT NULL,
    -- Where it leads, as far as it may be shown.
    place       TEXT   NOT NULL,
    -- Where it leads, with all secrets: JSON, sealed with a key that is not in the database.
    target      TEXT   NOT NULL,
    -- The same for the same place.
    fingerprint TEXT   NOT NULL,
    -- Quiet hours, and what is told together: JSON.
    settings    TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    -- Since when it tells nothing, and why.
    off_at      BIGINT,
    off_why     TEXT   CHECK (off_why IN ('switched_off', 'unsubscribed', 'gone')),
    CHECK ((off_at IS NULL) = (off_why IS NULL)),
    UNIQUE (listener_id, about, fingerprint)
);
CREATE INDEX channels_about ON channels (about, id) WHERE off_at IS NULL;

-- One message on one channel.
CREATE TABLE deliveries (
    id          TEXT   NOT NULL PRIMARY KEY,
    channel_id  TEXT   NOT NULL REFERENCES channels (id),
    listener_id TEXT   NOT NULL,
    -- What is told together has the same; NULL: it is told alone.
    bundle      TEXT,
    -- What is told: JSON; NULL: more may still join.
    notice      TEXT,
    state       TEXT   NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'skipped')),
    send_at     BIGINT NOT NULL,
    attempts    BIGINT NOT NULL DEFAULT 0,
    -- Of the last attempt: what HTTP answered, and why it did not get through.
    status      BIGINT,
    detail      TEXT,
    created_at  BIGINT NOT NULL,
    tried_at    BIGINT,
    ended_at    BIGINT,
    CHECK ((state IN ('sent', 'failed', 'skipped')) = (ended_at IS NOT NULL)),
    CHECK (state NOT IN ('sending', 'sent', 'failed') OR notice IS NOT NULL)
);
-- One message gathers what is to be told together.
CREATE UNIQUE INDEX deliveries_gathering ON deliveries (channel_id, bundle)
    WHERE state = 'waiting' AND bundle IS NOT NULL;
CREATE INDEX deliveries_channel ON deliveries (channel_id, id);
CREATE INDEX deliveries_listener ON deliveries (listener_id, id);
CREATE INDEX deliveries_ended ON deliveries (ended_at) WHERE ended_at IS NOT NULL;

-- That a channel is told of something: an occurrence, a batch or an alert. The unique row is what keeps it from being
-- told twice.
CREATE TABLE tellings (
    channel_id  TEXT   NOT NULL REFERENCES channels (id),
    subject     TEXT   NOT NULL,
    delivery_id TEXT   NOT NULL,
    told_at     BIGINT NOT NULL,
    PRIMARY KEY (channel_id, subject)
);
CREATE INDEX tellings_delivery ON tellings (delivery_id);
CREATE INDEX tellings_told ON tellings (told_at);
