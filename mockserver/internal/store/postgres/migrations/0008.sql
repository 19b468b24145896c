-- Workspaces with webhooks that no mock has in memory: one has to send them when the workspace has another newest event than head, or at due, by
-- the database's clock (NULL: never).
CREATE TABLE asleep (
	workspace text PRIMARY KEY,
	head      bigint NOT NULL,
	due       timestamptz
);

DO $$
DECLARE role name;
BEGIN
	FOR role IN SELECT DISTINCT grantee FROM information_schema.role_table_grants WHERE table_schema = 'awalmock' AND table_name = 'event' AND privilege_type = 'INSERT' AND grantee <> current_user LOOP
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON asleep TO %I', role);
	END LOOP;
END $$;
