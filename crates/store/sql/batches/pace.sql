-- What was settled of a batch since an instant, and how many of its occurrences ended. $1 batch, $2 since.
SELECT
    (SELECT COUNT(*) FROM demand WHERE batch_id = $1 AND settled_at > $2) AS settled,
    (SELECT COUNT(*) FROM occurrences WHERE batch_id = $1 AND ended_at > $2) AS ended
