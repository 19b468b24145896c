-- How many requests a client has sent in a window of a rate limit; window_no is the number of windows since 1970. What a crash of the server
-- loses of it are counts of less than a window: it is not written to the log.
CREATE UNLOGGED TABLE rate (
	workspace text NOT NULL,
	name      text NOT NULL,
	window_no bigint NOT NULL,
	n         bigint NOT NULL,
	PRIMARY KEY (workspace, name)
) WITH (fillfactor = 50);

DO $$
DECLARE role name;
BEGIN
	FOR role IN SELECT DISTINCT grantee FROM information_schema.role_table_grants WHERE table_schema = 'awalmock' AND table_name = 'event' AND privilege_type = 'INSERT' AND grantee <> current_user LOOP
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON rate TO %I', role);
	END LOOP;
END $$;
