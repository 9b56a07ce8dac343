-- A listener's thumbs for some articles. Twin: of.postgres.sql takes the list as an array of JSON its own way.
SELECT article_id, thumb FROM opinions
WHERE listener_id = $1 AND article_id IN (SELECT value FROM json_each($2))
