-- Who has which plan and until when, what the payment provider sent, and what is left to be taken away.

-- What a subscription comes to. It is small, for planning to read; why it is so stands in its facts.
CREATE TABLE subscriptions (
    -- Its keeper's name for it; of a plan that an operator gave, ours.
    id          TEXT   NOT NULL PRIMARY KEY,
    listener_id TEXT   NOT NULL REFERENCES listeners (id),
    keeper      TEXT   NOT NULL CHECK (keeper IN ('operator', 'stripe')),
    -- JSON.
    standing    TEXT   NOT NULL,
    -- When it may change though nothing is said; NULL: never.
    changes_at  BIGINT,
    -- When its keeper is asked unless it says something before; NULL: nothing is expected of it.
    ask_at      BIGINT,
    created_at  BIGINT NOT NULL,
    CHECK (keeper = 'stripe' OR ask_at IS NULL)
);
CREATE INDEX subscriptions_listener ON subscriptions (listener_id);
CREATE INDEX subscriptions_changes ON subscriptions (changes_at) WHERE changes_at IS NOT NULL;
CREATE INDEX subscriptions_asking ON subscriptions (ask_at) WHERE ask_at IS NOT NULL;

-- All that was said of each: a set, so that neither order nor repetition matters.
CREATE TABLE subscription_facts (
    subscription_id TEXT   NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
    -- JSON, with the instant it was true at.
    fact            TEXT   NOT NULL,
    PRIMARY KEY (subscription_id, fact)
);

-- What Stripe has sent, each once, answered before anything is made of it.
CREATE TABLE subscription_events (
    id           TEXT   NOT NULL PRIMARY KEY,
    kind         TEXT   NOT NULL,
    -- By Stripe's clock.
    created_at   BIGINT NOT NULL,
    subscription TEXT   NOT NULL,
    -- The message itself, until something was made of it.
    body         TEXT,
    received_at  BIGINT NOT NULL,
    -- When it is looked at again, if nobody has by then.
    look_at      BIGINT,
    settled_at   BIGINT,
    CHECK ((settled_at IS NULL) = (body IS NOT NULL)),
    CHECK ((settled_at IS NULL) = (look_at IS NOT NULL))
);
CREATE INDEX subscription_events_of ON subscription_events (subscription);
CREATE INDEX subscription_events_open ON subscription_events (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX subscription_events_settled ON subscription_events (settled_at) WHERE settled_at IS NOT NULL;

-- Who pays as whom.
CREATE TABLE stripe_customers (
    id          TEXT   NOT NULL PRIMARY KEY,
    listener_id TEXT   NOT NULL REFERENCES listeners (id),
    created_at  BIGINT NOT NULL
);
CREATE INDEX stripe_customers_listener ON stripe_customers (listener_id);

-- The plan that counts, where it is not `plan`: for what planning decides of thousands at once. What may be had is
-- asked of the subscriptions.
ALTER TABLE listeners ADD COLUMN plan_now TEXT;

-- Whose an artifact is that nobody else may have.
ALTER TABLE artifacts ADD COLUMN owner TEXT;
CREATE INDEX artifacts_owner ON artifacts (owner) WHERE owner IS NOT NULL;
-- What nobody is to need any more.
CREATE INDEX artifacts_kept ON artifacts (keep_until) WHERE keep_until IS NOT NULL;
CREATE INDEX artifacts_unkept ON artifacts (made_at) WHERE keep_until IS NULL AND state = 'ready';

-- Objects of the media store whose rows are gone: they go after them. No name is ever given twice.
CREATE TABLE doomed_media (
    media_key TEXT   NOT NULL PRIMARY KEY,
    doomed_at BIGINT NOT NULL
);
CREATE INDEX doomed_media_age ON doomed_media (doomed_at);

-- When an expired program's sound was taken away; its row stays a while, to say that it is over.
ALTER TABLE programs ADD COLUMN emptied_at BIGINT;
CREATE INDEX programs_full ON programs (expires_at) WHERE emptied_at IS NULL;

-- What was asked for in a month.
CREATE INDEX occurrences_requested ON occurrences (listener_id, opened_at) WHERE request IS NOT NULL;

-- Failures that nobody tries again.
CREATE INDEX artifacts_failed ON artifacts (retry_after) WHERE state = 'failed';

-- Sound that was fetched for an answer.
CREATE INDEX external_exchanges_audio ON external_exchanges (answered_at) WHERE audio IS NOT NULL;
