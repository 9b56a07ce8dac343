-- Programs that somebody else is asked for: one exchange an occurrence. The name it goes by outside is the
-- occurrence's id, on every repetition.
CREATE TABLE external_exchanges (
    occurrence_id TEXT   NOT NULL PRIMARY KEY REFERENCES occurrences (id) ON DELETE CASCADE,
    state         TEXT   NOT NULL CHECK (state IN
        ('sent', 'accepted', 'answered', 'called_back', 'timed_out', 'failed')),
    -- Requests so far; a change is fenced by it and the state.
    sends         BIGINT NOT NULL,
    -- When it was first asked with this deadline.
    asked_at      BIGINT NOT NULL,
    due_at        BIGINT NOT NULL,
    -- From then on no answer is taken.
    answer_by     BIGINT NOT NULL,
    accepted_at   BIGINT,
    answered_at   BIGINT,
    -- The first that came: JSON. It stays when it could not be used.
    answer        TEXT,
    -- What was fetched for it: JSON.
    audio         TEXT,
    error         TEXT,
    CHECK (answer_by <= due_at),
    CHECK (state <> 'accepted' OR accepted_at IS NOT NULL),
    CHECK (state NOT IN ('answered', 'called_back') OR answer IS NOT NULL),
    CHECK (answer IS NULL OR answered_at IS NOT NULL),
    CHECK (audio IS NULL OR answer IS NOT NULL),
    CHECK ((state = 'failed') = (error IS NOT NULL))
);
