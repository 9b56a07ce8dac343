-- How listeners come in: by password, passkey or somebody else's word (OIDC), and the browsers they are signed in at.

-- What is unique of an address, however it is typed; SQL cannot make it, so the program fills it in. NULL: not yet,
-- or an older listener has the same one: nobody signs in by that address as the younger.
ALTER TABLE listeners ADD COLUMN email_key TEXT;
CREATE UNIQUE INDEX listeners_by_key ON listeners (email_key);
CREATE INDEX listeners_unkeyed ON listeners (id) WHERE email_key IS NULL;
CREATE INDEX listeners_operators ON listeners (id) WHERE role = 'operator';
-- Argon2id in PHC form; NULL: they have none.
ALTER TABLE listeners ADD COLUMN password TEXT;
ALTER TABLE listeners ADD COLUMN password_set_at BIGINT;
-- When it was shown that the address is theirs.
ALTER TABLE listeners ADD COLUMN verified_at BIGINT;

-- A browser that is signed in. What it carries is kept as BLAKE3, 64 hex digits.
CREATE TABLE sessions (
    id            TEXT   NOT NULL PRIMARY KEY,
    listener_id   TEXT   NOT NULL REFERENCES listeners (id),
    hash          TEXT   NOT NULL UNIQUE,
    -- Of the cookie before; NULL: there was none.
    previous_hash TEXT   UNIQUE,
    created_at    BIGINT NOT NULL,
    -- To the minute.
    seen_at       BIGINT NOT NULL,
    replaced_at   BIGINT NOT NULL,
    -- When the present cookie was first shown.
    confirmed_at  BIGINT,
    method        TEXT   NOT NULL CHECK (method IN ('password', 'link', 'passkey', 'oidc')),
    -- Where it began, for the listener to know it by.
    address       TEXT   NOT NULL,
    agent         TEXT   NOT NULL
);
CREATE INDEX sessions_listener ON sessions (listener_id);
CREATE INDEX sessions_seen ON sessions (seen_at);
CREATE INDEX sessions_created ON sessions (created_at);

-- Links that are good once, by their hashes.
CREATE TABLE one_time_links (
    hash        TEXT   NOT NULL PRIMARY KEY,
    purpose     TEXT   NOT NULL CHECK (purpose IN ('set_up', 'verify', 'reset')),
    -- NULL: the first operator, who is nobody yet.
    listener_id TEXT   REFERENCES listeners (id),
    -- The address it was sent to: it is good for no other.
    email_key   TEXT,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    used_at     BIGINT,
    CHECK (purpose = 'set_up' OR listener_id IS NOT NULL)
);
CREATE INDEX one_time_links_listener ON one_time_links (listener_id);
CREATE INDEX one_time_links_of ON one_time_links (purpose, COALESCE(listener_id, ''));
CREATE INDEX one_time_links_expires ON one_time_links (expires_at);

-- How often was tried, of an account or from an address: the instant its bucket is empty again.
CREATE TABLE sign_in_attempts (
    subject  TEXT   NOT NULL PRIMARY KEY,
    empty_at BIGINT NOT NULL
);
CREATE INDEX sign_in_attempts_empty ON sign_in_attempts (empty_at);

CREATE TABLE passkeys (
    id           TEXT   NOT NULL PRIMARY KEY,
    listener_id  TEXT   NOT NULL REFERENCES listeners (id),
    -- As its authenticator names it, in hex digits.
    credential   TEXT   NOT NULL UNIQUE,
    -- Public key, counter and what it was made with: JSON.
    passkey      TEXT   NOT NULL,
    -- What the listener calls it.
    label        TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE INDEX passkeys_listener ON passkeys (listener_id);

-- Who a listener is at another service.
CREATE TABLE oidc_identities (
    issuer       TEXT   NOT NULL,
    subject      TEXT   NOT NULL,
    listener_id  TEXT   NOT NULL REFERENCES listeners (id),
    -- By its name in the configuration.
    provider     TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX oidc_identities_listener ON oidc_identities (listener_id);

-- What a browser has begun and is to come back with, by the hash of what it carries meanwhile.
CREATE TABLE ceremonies (
    hash       TEXT   NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL CHECK (kind IN ('passkey_new', 'passkey_sign_in', 'oidc')),
    -- What has to match when it comes back: JSON.
    state      TEXT   NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX ceremonies_expires ON ceremonies (expires_at);
