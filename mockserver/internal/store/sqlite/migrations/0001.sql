-- What is alike for all workspaces. alive: when the mock last ran, by the machine's clock.
CREATE TABLE mock (
	key   TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A workspace: its newest event, the one that it begins with (the first, or the last reset), and the setting of its clock, which
-- showed clock_at when the machine's clock showed clock_since; '' is a stopped clock. Instants are RFC 3339.
CREATE TABLE workspace (
	domain      TEXT PRIMARY KEY,
	head        INTEGER NOT NULL,
	first       INTEGER NOT NULL,
	clock_at    TEXT NOT NULL,
	clock_since TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- An event as JSON, as GET /__admin/events shows it. The numbers of a workspace have no gap.
CREATE TABLE event (
	workspace TEXT NOT NULL,
	seq       INTEGER NOT NULL,
	data      BLOB NOT NULL,
	PRIMARY KEY (workspace, seq)
) STRICT, WITHOUT ROWID;
