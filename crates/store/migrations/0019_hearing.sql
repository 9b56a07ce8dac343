-- What listeners do with their programs: how far they have heard, what they think of articles, how words are to be said.

-- Where a listener stopped, on whichever device.
CREATE TABLE positions (
    listener_id TEXT   NOT NULL REFERENCES listeners (id),
    program_id  TEXT   NOT NULL REFERENCES programs (id) ON DELETE CASCADE,
    at_ms       BIGINT NOT NULL CHECK (at_ms >= 0),
    -- Heard to its end once.
    ended       SMALLINT NOT NULL CHECK (ended IN (0, 1)),
    updated_at  BIGINT NOT NULL,
    PRIMARY KEY (listener_id, program_id)
);
CREATE INDEX positions_program ON positions (program_id);

-- Thumbs. They outlive the article: the source and the author are what is liked.
CREATE TABLE opinions (
    listener_id TEXT   NOT NULL REFERENCES listeners (id),
    article_id  TEXT   NOT NULL,
    source_id   TEXT   NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    author      TEXT,
    thumb       SMALLINT NOT NULL CHECK (thumb IN (-1, 1)),
    at          BIGINT NOT NULL,
    PRIMARY KEY (listener_id, article_id)
);
CREATE INDEX opinions_source ON opinions (source_id);

-- A listener's own reading dictionary.
CREATE TABLE readings (
    id          TEXT   NOT NULL PRIMARY KEY,
    listener_id TEXT   NOT NULL REFERENCES listeners (id),
    language    TEXT   NOT NULL,
    surface     TEXT   NOT NULL,
    reading     TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    UNIQUE (listener_id, language, surface)
);
