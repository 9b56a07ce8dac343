-- Whether anything was ever made that is kept in the media store.
SELECT EXISTS (SELECT 1 FROM programs) OR EXISTS (SELECT 1 FROM artifacts WHERE media_key IS NOT NULL) AS made
