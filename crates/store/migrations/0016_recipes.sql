-- How what a batch waits for is made, so that a job that was lost can be replaced. NULL: noted by an older release.
ALTER TABLE demand ADD COLUMN recipe TEXT;
