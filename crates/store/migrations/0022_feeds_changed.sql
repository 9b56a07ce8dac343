-- When what podcasts show of a feed, and how it is made, was changed by its listener; NULL: never.
ALTER TABLE feeds ADD COLUMN changed_at BIGINT;
