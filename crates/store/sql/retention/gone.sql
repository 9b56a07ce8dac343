-- An object is gone.
DELETE FROM doomed_media WHERE media_key = $1
