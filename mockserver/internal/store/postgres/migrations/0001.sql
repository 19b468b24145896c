-- What is alike for all workspaces. holder: the mock that uses the database, seen: when it last wrote, by the database's clock.
CREATE TABLE mock (
	only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
	holder   text NOT NULL DEFAULT '',
	seen     timestamptz NOT NULL DEFAULT 'epoch'
);
INSERT INTO mock DEFAULT VALUES;

-- A workspace: its newest event, the one that it begins with (the first, or the last reset), and the setting of its clock, which
-- showed clock_at when the machine's clock showed clock_since; '' is a stopped clock. Instants are RFC 3339.
CREATE TABLE workspace (
	domain      text PRIMARY KEY,
	head        bigint NOT NULL,
	first       bigint NOT NULL,
	clock_at    text NOT NULL,
	clock_since text NOT NULL
);

-- An event as JSON, as GET /__admin/events shows it. The numbers of a workspace have no gap.
CREATE TABLE event (
	workspace text NOT NULL,
	seq       bigint NOT NULL,
	data      bytea NOT NULL,
	PRIMARY KEY (workspace, seq)
);

-- The secrets of a workspace's client, encrypted: number 0 is the first that it had, the others are accepted until not_after, an
-- instant of the workspace's clock ('': no end). phone_number_id and created are of a workspace which was created at run time.
CREATE TABLE client (
	workspace       text NOT NULL,
	n               integer NOT NULL,
	client_id       text NOT NULL,
	phone_number_id text NOT NULL,
	created         text NOT NULL,
	secret          bytea NOT NULL,
	not_after       text NOT NULL,
	PRIMARY KEY (workspace, n)
);

-- A transaction sees the events of the workspaces that it names in app.workspaces, with line feeds between, and of no other. It
-- sees the clients of all when it names '*', as a mock does at its start.
CREATE FUNCTION named(workspace text) RETURNS boolean LANGUAGE sql STABLE AS
	$$ SELECT workspace = ANY (string_to_array(current_setting('app.workspaces', true), E'\n')) $$;
ALTER TABLE event ENABLE ROW LEVEL SECURITY;
ALTER TABLE client ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON event USING (named(workspace));
CREATE POLICY own_workspace ON client USING (named(workspace));
CREATE POLICY at_the_start ON client FOR SELECT USING (current_setting('app.workspaces', true) = '*');

-- Every write begins with it: a mock that has lost the database to another one writes nothing more.
CREATE FUNCTION still_held(by_mock text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	UPDATE mock SET seen = clock_timestamp() WHERE holder = by_mock;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'another mock has taken over the database' USING ERRCODE = 'AW001';
	END IF;
END $$;
