-- Whether the database answers: reads a small table that every schema has.
SELECT MAX(version) AS version FROM _sqlx_migrations
