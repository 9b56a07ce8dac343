-- Decisions of people, the latest first, a page at a time: those before an id.
SELECT id, at, actor, action, subject, detail FROM audit WHERE id < $1 ORDER BY id DESC LIMIT $2
