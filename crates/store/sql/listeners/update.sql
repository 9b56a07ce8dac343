-- How a listener is called, where they live and what they read.
UPDATE listeners SET name = $2, zone = $3, language = $4 WHERE id = $1
