-- What providers allow and what of it is used, for all nodes together; and every call of one, from its
-- reservation to its settlement. A reservation that is not settled when its lease ends counts as spent.

CREATE TABLE providers (
    name     TEXT NOT NULL PRIMARY KEY,
    -- Limits, prices, budgets and reserved shares, as configured: JSON.
    settings TEXT NOT NULL,
    -- Rates, window, breaker, money of the day and the month, what calls use: JSON. It changes only while
    -- the row is locked, together with the rows of the ledger that it follows from.
    live     TEXT NOT NULL,
    -- Why the operator has switched it off; NULL: it is on.
    killed   TEXT
);

CREATE TABLE ledger (
    id                  TEXT     NOT NULL PRIMARY KEY,
    provider            TEXT     NOT NULL REFERENCES providers (name),
    operation           TEXT     NOT NULL CHECK (operation IN ('write', 'speak')),
    lane                SMALLINT NOT NULL CHECK (lane BETWEEN 0 AND 255),
    -- Which node's process makes the call.
    owner               TEXT     NOT NULL,
    -- What the call is for.
    artifact            TEXT,
    job                 BIGINT,
    state               TEXT     NOT NULL CHECK (state IN ('reserved', 'settled', 'lapsed')),
    reserved_at         BIGINT   NOT NULL,
    lease_until         BIGINT   NOT NULL,
    estimated_requests  BIGINT   NOT NULL,
    estimated_units     BIGINT   NOT NULL,
    estimated_micro_usd BIGINT   NOT NULL,
    outcome             TEXT CHECK (outcome IN ('answered', 'throttled', 'failed', 'lost', 'rejected')),
    -- What it counts as in the end.
    units               BIGINT,
    cost_micro_usd      BIGINT,
    ended_at            BIGINT,
    CHECK ((state = 'settled') = (outcome IS NOT NULL)),
    CHECK ((state = 'reserved') = (ended_at IS NULL)),
    CHECK ((ended_at IS NULL) = (units IS NULL) AND (ended_at IS NULL) = (cost_micro_usd IS NULL))
);
-- The calls that are under way: few.
CREATE INDEX ledger_open ON ledger (provider, lease_until) WHERE state = 'reserved';
CREATE INDEX ledger_artifact ON ledger (artifact, operation) WHERE artifact IS NOT NULL;
-- Retention, and a provider's calls.
CREATE INDEX ledger_ended ON ledger (provider, ended_at);
