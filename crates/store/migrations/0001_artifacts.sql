-- What is made once and shared: one row a content key. A row is 'making' under a token and a lease,
-- then 'ready' or 'failed'; the token fences whoever lost the lease.
CREATE TABLE artifacts (
    key         TEXT   NOT NULL PRIMARY KEY,
    kind        TEXT   NOT NULL CHECK (kind IN ('script', 'segment', 'phrase', 'jingle')),
    state       TEXT   NOT NULL CHECK (state IN ('making', 'ready', 'failed')),
    token       TEXT,
    lease_until BIGINT,
    media_key   TEXT,
    bytes       BIGINT,
    frames      BIGINT,
    meta        TEXT,
    error       TEXT,
    retry_after BIGINT,
    made_at     BIGINT,
    CHECK ((state = 'making') = (token IS NOT NULL AND lease_until IS NOT NULL)),
    CHECK ((state = 'ready') = (meta IS NOT NULL AND made_at IS NOT NULL)),
    CHECK ((state = 'failed') = (error IS NOT NULL AND retry_after IS NOT NULL)),
    CHECK (media_key IS NULL OR (state = 'ready' AND bytes IS NOT NULL AND frames IS NOT NULL))
);
