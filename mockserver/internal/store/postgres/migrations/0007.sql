-- What a mock relays to each other one about the webhooks of a workspace, for its listeners; encrypted.
CREATE TABLE relayed (
	id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	replica   text NOT NULL REFERENCES replica (name) ON DELETE CASCADE,
	workspace text NOT NULL,
	message   bytea NOT NULL
);
CREATE INDEX relayed_replica ON relayed (replica, id);

DO $$
DECLARE role name;
BEGIN
	FOR role IN SELECT DISTINCT grantee FROM information_schema.role_table_grants WHERE table_schema = 'awalmock' AND table_name = 'event' AND privilege_type = 'INSERT' AND grantee <> current_user LOOP
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON relayed TO %I', role);
	END LOOP;
END $$;
