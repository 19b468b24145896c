-- Which mock sends the webhooks of a workspace, and until when it may, by the database's clock.
CREATE TABLE sender (
	workspace text PRIMARY KEY,
	replica   text NOT NULL,
	until     timestamptz NOT NULL
);

-- A request to the mock that sends the webhooks of a workspace, from another one that was asked; encrypted. taken: that mock works at it.
CREATE TABLE call (
	id      text PRIMARY KEY,
	replica text NOT NULL,
	request bytea NOT NULL,
	answer  bytea,
	taken   boolean NOT NULL DEFAULT false,
	at      timestamptz NOT NULL DEFAULT clock_timestamp()
);

DO $$
DECLARE role name;
BEGIN
	FOR role IN SELECT DISTINCT grantee FROM information_schema.role_table_grants WHERE table_schema = 'awalmock' AND table_name = 'event' AND privilege_type = 'INSERT' AND grantee <> current_user LOOP
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON sender, call TO %I', role);
	END LOOP;
END $$;
