-- Listeners and their feeds, what feeds are made of, and what production makes of them, from the slot that
-- opens to the program. Ids are UUIDs of version 7 as text; instants microseconds since the epoch, UTC.

CREATE TABLE listeners (
    id         TEXT   NOT NULL PRIMARY KEY,
    email      TEXT   NOT NULL UNIQUE,
    -- As it is to be spoken; empty: nobody is greeted by name.
    name       TEXT   NOT NULL DEFAULT '',
    role       TEXT   NOT NULL CHECK (role IN ('listener', 'operator')),
    zone       TEXT   NOT NULL,
    language   TEXT   NOT NULL,
    plan       TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);

-- Where articles come from. A source is read once for all who follow it.
CREATE TABLE sources (
    id            TEXT   NOT NULL PRIMARY KEY,
    address       TEXT   NOT NULL UNIQUE,
    -- Whose server answers: sources of one host are read one after another.
    host          TEXT   NOT NULL,
    title         TEXT   NOT NULL DEFAULT '',
    state         TEXT   NOT NULL CHECK (state IN ('active', 'gone')),
    -- Verbatim, as the last answer gave them.
    etag          TEXT,
    last_modified TEXT,
    next_fetch_at BIGINT NOT NULL,
    -- The source's own rhythm, learned: seconds between two readings.
    interval_s    BIGINT NOT NULL,
    failures      BIGINT NOT NULL DEFAULT 0,
    error         TEXT,
    fetched_at    BIGINT,
    -- When a reading last brought something new.
    changed_at    BIGINT,
    created_at    BIGINT NOT NULL
);
CREATE INDEX sources_due ON sources (next_fetch_at) WHERE state = 'active';
CREATE INDEX sources_host ON sources (host, next_fetch_at) WHERE state = 'active';

-- Every revision of every item; the one that stands is not superseded.
CREATE TABLE articles (
    id            TEXT   NOT NULL PRIMARY KEY,
    source_id     TEXT   NOT NULL REFERENCES sources (id),
    -- What the source calls it.
    guid          TEXT   NOT NULL,
    -- BLAKE3 of title and text, 64 hex digits.
    revision      TEXT   NOT NULL,
    url           TEXT,
    canonical_url TEXT,
    title         TEXT   NOT NULL,
    author        TEXT,
    published_at  BIGINT,
    tags          TEXT   NOT NULL,
    likes         BIGINT,
    text          TEXT   NOT NULL,
    private       SMALLINT NOT NULL CHECK (private IN (0, 1)),
    language      TEXT   NOT NULL,
    simhash       BIGINT NOT NULL,
    seen_at       BIGINT NOT NULL,
    superseded_at BIGINT,
    UNIQUE (source_id, guid, revision)
);
CREATE INDEX articles_standing ON articles (source_id, seen_at) WHERE superseded_at IS NULL;
CREATE INDEX articles_superseded ON articles (superseded_at) WHERE superseded_at IS NOT NULL;

-- A listener's wish for programs.
CREATE TABLE feeds (
    id            TEXT   NOT NULL PRIMARY KEY,
    listener_id   TEXT   NOT NULL REFERENCES listeners (id),
    name          TEXT   NOT NULL,
    language      TEXT   NOT NULL,
    style         TEXT   NOT NULL,
    minutes       BIGINT NOT NULL CHECK (minutes BETWEEN 1 AND 120),
    max_articles  BIGINT,
    filter        TEXT   NOT NULL,
    schedule      TEXT   NOT NULL,
    -- Who makes the program instead of us: JSON; NULL: the built-in stages.
    external      TEXT,
    -- The next slot that has no occurrence yet; none when paused or gone.
    next_date     TEXT,
    next_ready_by BIGINT,
    -- The last date that has its occurrence.
    settled_date  TEXT,
    created_at    BIGINT NOT NULL,
    deleted_at    BIGINT,
    CHECK ((next_date IS NULL) = (next_ready_by IS NULL)),
    CHECK (deleted_at IS NULL OR next_date IS NULL)
);
-- What is due next, first.
CREATE INDEX feeds_next ON feeds (next_ready_by, id) WHERE next_ready_by IS NOT NULL;
CREATE INDEX feeds_listener ON feeds (listener_id);

CREATE TABLE feed_sources (
    feed_id   TEXT NOT NULL REFERENCES feeds (id),
    source_id TEXT NOT NULL REFERENCES sources (id),
    PRIMARY KEY (feed_id, source_id)
);
CREATE INDEX feed_sources_source ON feed_sources (source_id);

-- All occurrences of one ready-by minute, or one request: the unit of progress and of load shaping.
CREATE TABLE batches (
    id           TEXT   NOT NULL PRIMARY KEY,
    ready_by     BIGINT NOT NULL,
    -- Of a program made on demand; NULL: of the daily schedule.
    request      TEXT   UNIQUE,
    due_at       BIGINT NOT NULL,
    opened_at    BIGINT NOT NULL,
    -- Milliseconds of work predicted when it opened.
    predicted_ms BIGINT NOT NULL,
    -- When its last planner chunk was in; NULL again when somebody joins late.
    planned_at   BIGINT,
    -- When its ready-by had come and what it had come to was counted.
    counted_at   BIGINT,
    -- When its last occurrence had its outcome, and that was counted.
    closed_at    BIGINT
);
CREATE UNIQUE INDEX batches_minute ON batches (ready_by) WHERE request IS NULL;
CREATE INDEX batches_recent ON batches (ready_by);
CREATE INDEX batches_open ON batches (ready_by) WHERE closed_at IS NULL;
CREATE INDEX batches_closed ON batches (closed_at) WHERE closed_at IS NOT NULL;

-- One feed on one local date, or one request. The unique slot is what keeps a date from two programs.
CREATE TABLE occurrences (
    id             TEXT   NOT NULL PRIMARY KEY,
    feed_id        TEXT   NOT NULL REFERENCES feeds (id),
    listener_id    TEXT   NOT NULL,
    batch_id       TEXT   NOT NULL REFERENCES batches (id),
    local_date     TEXT   NOT NULL,
    request        TEXT   UNIQUE,
    lane           SMALLINT NOT NULL,
    ready_by       BIGINT NOT NULL,
    opened_at      BIGINT NOT NULL,
    state          TEXT   NOT NULL CHECK (state IN
        ('open', 'selected', 'published', 'skipped', 'missed', 'failed', 'cancelled')),
    -- What was chosen: JSON.
    selection      TEXT,
    -- When it left the barrier of its batch.
    released_at    BIGINT,
    edition        TEXT CHECK (edition IN ('full', 'shortened', 'brief')),
    reason         TEXT,
    ended_at       BIGINT,
    cost_micro_usd BIGINT NOT NULL DEFAULT 0,
    CHECK (state NOT IN ('selected', 'published') OR selection IS NOT NULL),
    CHECK ((state = 'published') = (edition IS NOT NULL)),
    CHECK ((state IN ('open', 'selected')) = (ended_at IS NULL)),
    CHECK (state NOT IN ('skipped', 'missed', 'failed') OR reason IS NOT NULL)
);
CREATE UNIQUE INDEX occurrences_slot ON occurrences (feed_id, local_date) WHERE request IS NULL;
CREATE INDEX occurrences_batch ON occurrences (batch_id, state, id);

-- What the occurrences of a batch wait for, each artifact once.
CREATE TABLE demand (
    batch_id   TEXT     NOT NULL REFERENCES batches (id),
    key        TEXT     NOT NULL,
    kind       TEXT     NOT NULL,
    -- 1: every occurrence of the batch needs it, though none names it.
    common     SMALLINT NOT NULL CHECK (common IN (0, 1)),
    -- When it was made or given up.
    settled_at BIGINT,
    PRIMARY KEY (batch_id, key)
);
CREATE INDEX demand_unsettled ON demand (key) WHERE settled_at IS NULL;
CREATE INDEX demand_waiting ON demand (batch_id) WHERE settled_at IS NULL;

-- What the listener got.
CREATE TABLE programs (
    id            TEXT   NOT NULL PRIMARY KEY,
    occurrence_id TEXT   NOT NULL UNIQUE REFERENCES occurrences (id),
    listener_id   TEXT   NOT NULL,
    feed_id       TEXT   NOT NULL REFERENCES feeds (id),
    title         TEXT   NOT NULL,
    language      TEXT   NOT NULL,
    edition       TEXT   NOT NULL CHECK (edition IN ('full', 'shortened', 'brief')),
    reason        TEXT,
    duration_ms   BIGINT NOT NULL,
    bytes         BIGINT NOT NULL,
    -- `program.json` without the texts, which the parts' artifacts hold.
    document      TEXT   NOT NULL,
    manifest      TEXT   NOT NULL,
    -- The artifacts that the manifest's parts are, in their order: JSON.
    parts         TEXT   NOT NULL,
    visible_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    CHECK ((edition = 'full') = (reason IS NULL))
);
CREATE INDEX programs_listener ON programs (listener_id, visible_at);
CREATE INDEX programs_feed ON programs (feed_id, visible_at);
CREATE INDEX programs_expiry ON programs (expires_at);

-- What a listener has had, in whichever of their feeds.
CREATE TABLE heard (
    listener_id TEXT   NOT NULL,
    article_id  TEXT   NOT NULL REFERENCES articles (id),
    feed_id     TEXT   NOT NULL REFERENCES feeds (id),
    at          BIGINT NOT NULL,
    PRIMARY KEY (listener_id, article_id, feed_id)
);
CREATE INDEX heard_article ON heard (article_id);
CREATE INDEX heard_feed ON heard (feed_id);

-- What was learned of production: durations by step, sharing by size of batch. JSON.
CREATE TABLE learned (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- What is made in place of an artifact that failed for good, one rung further down.
ALTER TABLE artifacts ADD COLUMN instead TEXT;
-- Until when a program or a demand may need it.
ALTER TABLE artifacts ADD COLUMN keep_until BIGINT;
