-- A listener's feeds by age: how many are older than one is counted without reading them.
DROP INDEX feeds_listener;
CREATE INDEX feeds_listener ON feeds (listener_id, created_at, id);
