-- Decisions of people, the latest first.
SELECT at, actor, action, subject, detail FROM audit ORDER BY id DESC LIMIT $1
