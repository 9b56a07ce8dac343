-- Who may use the API as whom. A token itself is shown once and not kept: what is kept is its hash.
CREATE TABLE api_tokens (
    id           TEXT   NOT NULL PRIMARY KEY,
    listener_id  TEXT   NOT NULL REFERENCES listeners (id),
    scope        TEXT   NOT NULL CHECK (scope IN ('listen', 'manage', 'operate')),
    -- BLAKE3 of the token, 64 hex digits: of 256 bits of chance, so that a fast hash is enough.
    hash         TEXT   NOT NULL UNIQUE,
    created_at   BIGINT NOT NULL,
    -- NULL: never.
    expires_at   BIGINT,
    -- To the minute.
    last_used_at BIGINT,
    revoked_at   BIGINT
);
CREATE INDEX api_tokens_listener ON api_tokens (listener_id);
