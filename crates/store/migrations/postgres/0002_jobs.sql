-- The queue. `jobs` holds what is not done yet, and dead letters; a job that is done is its last row in
-- `attempts`. So the table that is polled stays as small as the work that waits, however much was done.
--
-- Twin of sqlite/0002_jobs.sql: there ids are rowids and tables are STRICT; here pages keep room for
-- updates and are vacuumed early, and what only grows at its end is found by block ranges.
CREATE TABLE jobs (
    id           BIGINT  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('held', 'available', 'leased', 'dead', 'cancelled')),
    -- 1 while an available job's time, ready_at, has not come.
    waiting      SMALLINT NOT NULL DEFAULT 0 CHECK (waiting IN (0, 1)),
    lane         SMALLINT NOT NULL CHECK (lane BETWEEN 0 AND 255),
    demand       INTEGER NOT NULL,
    start_by     BIGINT NOT NULL,
    due_at       BIGINT NOT NULL,
    ready_at     BIGINT NOT NULL,
    -- Leases so far: the number that fences all but the last holder.
    fence        INTEGER NOT NULL DEFAULT 0,
    tries        INTEGER NOT NULL DEFAULT 0,
    crashes      INTEGER NOT NULL DEFAULT 0,
    key          TEXT,
    -- Whose running jobs are limited together.
    crowd        TEXT,
    -- What a held job waits for.
    hold         TEXT,
    owner        TEXT,
    leased_at    BIGINT,
    lease_until  BIGINT,
    ended_at     BIGINT,
    class        TEXT,
    message      TEXT,
    fingerprint  TEXT,
    gave_up      TEXT CHECK (gave_up IN ('final', 'spent', 'late')),
    discarded_at BIGINT,
    work         TEXT    NOT NULL,
    CHECK (waiting = 0 OR state = 'available'),
    CHECK ((state = 'held') = (hold IS NOT NULL)),
    CHECK ((state = 'leased') = (owner IS NOT NULL)),
    CHECK ((owner IS NULL) = (leased_at IS NULL) AND (owner IS NULL) = (lease_until IS NULL)),
    CHECK ((state IN ('dead', 'cancelled')) = (ended_at IS NOT NULL)),
    CHECK ((state = 'dead') = (class IS NOT NULL)),
    CHECK ((class IS NULL) = (message IS NULL) AND (class IS NULL) = (fingerprint IS NULL)
        AND (class IS NULL) = (gave_up IS NULL)),
    CHECK (discarded_at IS NULL OR state = 'dead')
) WITH (
    -- Every job is updated once before it goes: room for that on its own page, for keeping leases too.
    fillfactor = 70,
    -- The dead rows of a queue are many and young; waiting for a fifth of the table makes claims slow.
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 2000,
    autovacuum_vacuum_cost_delay = 0
);

-- Claiming: a lane's jobs of a kind in their order.
CREATE INDEX jobs_ready ON jobs (lane, kind, start_by, demand DESC, id) WHERE state = 'available' AND waiting = 0;
-- Promoting what is due.
CREATE INDEX jobs_waiting ON jobs (ready_at) WHERE state = 'available' AND waiting = 1;
CREATE INDEX jobs_held ON jobs (hold) WHERE state = 'held';
-- Counting what runs against its limits, and finding leases that are over: few rows, so that keeping a
-- lease alive touches no index.
CREATE INDEX jobs_leased ON jobs (kind, crowd) WHERE state = 'leased';
CREATE UNIQUE INDEX jobs_unfinished_key ON jobs (key)
    WHERE key IS NOT NULL AND state IN ('held', 'available', 'leased');
CREATE INDEX jobs_dead ON jobs (fingerprint, ended_at) WHERE state = 'dead';
CREATE INDEX jobs_dead_key ON jobs (key) WHERE key IS NOT NULL AND state = 'dead';
CREATE INDEX jobs_cancelled ON jobs (ended_at) WHERE state = 'cancelled';

-- Every lease that ended, how and when: one row a lease, so a job that was leased n times has n of them.
CREATE TABLE attempts (
    job            BIGINT NOT NULL,
    fence          INTEGER NOT NULL,
    kind           TEXT    NOT NULL,
    lane           SMALLINT NOT NULL,
    outcome        TEXT    NOT NULL CHECK (outcome IN
        ('done', 'skipped', 'retried', 'snoozed', 'failed', 'lapsed', 'given_back', 'cancelled')),
    started_at     BIGINT NOT NULL,
    ended_at       BIGINT NOT NULL,
    owner          TEXT    NOT NULL,
    key            TEXT,
    class          TEXT,
    message        TEXT,
    units          BIGINT,
    cost_micro_usd BIGINT,
    PRIMARY KEY (job, fence),
    CHECK ((outcome IN ('retried', 'failed')) = (class IS NOT NULL))
);

-- Retention. Attempts end in about the order they are written.
CREATE INDEX attempts_ended ON attempts USING brin (ended_at) WITH (pages_per_range = 32, autosummarize = on);

-- How many jobs may run at the same time, on all nodes together. Scope 'group' with an empty name is
-- every group that has no row of its own.
CREATE TABLE job_limits (
    scope       TEXT    NOT NULL CHECK (scope IN ('kind', 'group')),
    name        TEXT    NOT NULL,
    max_running INTEGER NOT NULL CHECK (max_running >= 0),
    PRIMARY KEY (scope, name)
);

-- Who did what to what, when: for decisions of people.
CREATE TABLE audit (
    id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      BIGINT NOT NULL,
    actor   TEXT    NOT NULL,
    action  TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    detail  TEXT    NOT NULL
);
CREATE INDEX audit_at ON audit (at);
