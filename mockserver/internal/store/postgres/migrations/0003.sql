-- Several mocks use one database at the same time.

-- life: another number when the workspace is replaced, or made again. changed: the transaction that wrote it last.
ALTER TABLE workspace
	ADD life    bigint NOT NULL DEFAULT 1,
	ADD changed xid8   NOT NULL DEFAULT pg_current_xact_id();

-- listed goes up when a workspace or a client comes, changes or goes. seen: when the last mock was there.
ALTER TABLE mock DROP holder, ADD listed bigint NOT NULL DEFAULT 0;
DROP FUNCTION still_held;

-- A mock that uses the database: when it was last there, by the database's clock, and what it is made of.
CREATE TABLE replica (
	name   text PRIMARY KEY,
	seen   timestamptz NOT NULL,
	origin text NOT NULL DEFAULT ''
);

-- What a mock has written last, for each of its connections that write: after a connection was lost, batch says whether the last
-- transaction was kept, and of which workspaces it has kept the events. One that arrives after that has the wrong epoch.
CREATE TABLE writer (
	replica text NOT NULL,
	n       integer NOT NULL,
	epoch   bigint NOT NULL DEFAULT 0,
	batch   bigint NOT NULL DEFAULT 0,
	kept    text[] NOT NULL DEFAULT '{}',
	seen    timestamptz NOT NULL DEFAULT clock_timestamp(),
	PRIMARY KEY (replica, n)
) WITH (fillfactor = 50);

-- Every write begins with it.
CREATE FUNCTION begin_write(by_replica text, by_n integer, in_epoch bigint, as_batch bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	UPDATE writer SET batch = as_batch, kept = '{}', seen = clock_timestamp() WHERE replica = by_replica AND n = by_n AND epoch = in_epoch;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'this write comes too late' USING ERRCODE = 'AW001';
	END IF;
END $$;

DO $$
DECLARE role name;
BEGIN
	FOR role IN SELECT DISTINCT grantee FROM information_schema.role_table_grants WHERE table_schema = 'awalmock' AND table_name = 'event' AND privilege_type = 'INSERT' AND grantee <> current_user LOOP
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON replica, writer TO %I', role);
	END LOOP;
END $$;
