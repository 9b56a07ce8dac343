-- What listeners call their own of what is shared, and answers that may be asked for again.

-- Sources that a listener keeps at hand, whether a feed follows them or not, under a name of their own.
CREATE TABLE listener_sources (
    listener_id TEXT   NOT NULL REFERENCES listeners (id),
    source_id   TEXT   NOT NULL REFERENCES sources (id),
    -- NULL: the source's own title.
    title       TEXT,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (listener_id, source_id)
);
CREATE INDEX listener_sources_source ON listener_sources (source_id);

-- Answers by the keys of who asked. A key is its listener's own.
CREATE TABLE idempotency_keys (
    listener_id TEXT     NOT NULL REFERENCES listeners (id),
    key         TEXT     NOT NULL,
    -- BLAKE3 of what was asked, 64 hex digits.
    request     TEXT     NOT NULL,
    asked_at    BIGINT   NOT NULL,
    -- NULL: it is being answered.
    status      SMALLINT,
    -- What came back; NULL of an answer that is not to be kept.
    body        TEXT,
    PRIMARY KEY (listener_id, key)
);
CREATE INDEX idempotency_keys_asked ON idempotency_keys (asked_at);

-- A listener who may not sign in or use tokens, since when.
ALTER TABLE listeners ADD COLUMN disabled_at BIGINT;

-- What is in production of a feed that is deleted.
CREATE INDEX occurrences_of_feed ON occurrences (feed_id) WHERE state IN ('open', 'selected');
