-- Who may look at the operators' pages and change nothing there. To code that does not know it they are listeners.
ALTER TABLE listeners ADD COLUMN observes SMALLINT NOT NULL DEFAULT 0 CHECK (observes IN (0, 1));
