-- That there was an occurrence is forgotten, with what was said to others about it.
DELETE FROM occurrences WHERE id = $1
