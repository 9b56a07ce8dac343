-- How far a batch has come is counted again and again while it is in production. The rows are wide, with their
-- selections in them: of a batch of thirty thousand, counting by the table alone reads fifty megabytes.

CREATE INDEX occurrences_progress ON occurrences (batch_id, state, released_at, ended_at, ready_by);
