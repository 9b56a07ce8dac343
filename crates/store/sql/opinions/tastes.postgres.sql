-- What some listeners think of sources and authors. Twin: tastes.sqlite.sql takes the list as an array of JSON its
-- own way.
SELECT listener_id, sources.address, author, thumb FROM opinions
JOIN sources ON sources.id = opinions.source_id
WHERE listener_id IN (SELECT jsonb_array_elements_text($1::jsonb))
