-- Objects that are on their way out.
SELECT COUNT(*) AS total, CAST(0 AS BIGINT) AS bytes FROM doomed_media
