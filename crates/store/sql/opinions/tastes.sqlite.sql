-- What some listeners think of sources and authors. Twin: tastes.postgres.sql takes the list as an array of JSON its
-- own way.
SELECT listener_id, sources.address, author, thumb FROM opinions
JOIN sources ON sources.id = opinions.source_id
WHERE listener_id IN (SELECT value FROM json_each($1))
