-- terms: the quota and the expiry of a workspace that was created at run time, as JSON; '' is none.
ALTER TABLE client ADD COLUMN terms text NOT NULL DEFAULT '';

-- How many requests a workspace with a quota of them has sent on a day of its clock, a number of days since 1970.
CREATE TABLE usage (
	workspace text PRIMARY KEY,
	day       bigint NOT NULL,
	used      bigint NOT NULL
);
ALTER TABLE usage ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON usage USING (named(workspace));

-- Who may write events may write usage too.
DO $$
DECLARE role name;
BEGIN
	FOR role IN SELECT DISTINCT grantee FROM information_schema.role_table_grants WHERE table_schema = 'awalmock' AND table_name = 'event' AND privilege_type = 'INSERT' AND grantee <> current_user LOOP
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON usage TO %I', role);
	END LOOP;
END $$;
