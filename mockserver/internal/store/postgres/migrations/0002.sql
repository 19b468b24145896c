-- The webhook endpoints of a workspace and their deliveries, encrypted: endpoints have secrets.
CREATE TABLE webhooks (
	workspace text PRIMARY KEY,
	state     bytea NOT NULL
);
ALTER TABLE webhooks ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON webhooks USING (named(workspace));
CREATE POLICY at_the_start ON webhooks FOR SELECT USING (current_setting('app.workspaces', true) = '*');

-- Tables of later layouts: a role that may write events may write them too.
DO $$
DECLARE role name;
BEGIN
	FOR role IN SELECT DISTINCT grantee FROM information_schema.role_table_grants WHERE table_schema = 'awalmock' AND table_name = 'event' AND privilege_type = 'INSERT' AND grantee <> current_user LOOP
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON webhooks TO %I', role);
	END LOOP;
END $$;
