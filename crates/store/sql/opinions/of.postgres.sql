-- A listener's thumbs for some articles. Twin: of.sqlite.sql takes the list as an array of JSON its own way.
SELECT article_id, thumb FROM opinions
WHERE listener_id = $1 AND article_id IN (SELECT jsonb_array_elements_text($2::jsonb))
