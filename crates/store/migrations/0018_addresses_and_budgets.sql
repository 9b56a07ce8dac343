-- Addresses that listeners want instead of theirs, until they have shown that they are theirs, too; and budgets that
-- operators have set while the service runs.

CREATE TABLE address_changes (
    listener_id TEXT   NOT NULL PRIMARY KEY REFERENCES listeners (id),
    -- As mail is sent to it, and what is unique of it.
    email       TEXT   NOT NULL,
    email_key   TEXT   NOT NULL,
    asked_at    BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL
);
CREATE INDEX address_changes_expires ON address_changes (expires_at);

-- JSON; NULL: those of the configuration hold.
ALTER TABLE providers ADD COLUMN budgets TEXT;
