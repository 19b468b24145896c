-- The secrets of a workspace's client, encrypted: number 0 is the first that it had, the others are accepted until not_after, an
-- instant of the workspace's clock ('': no end). phone_number_id and created are of a workspace which was created at run time, '' otherwise.
CREATE TABLE client (
	workspace       TEXT NOT NULL,
	n               INTEGER NOT NULL,
	client_id       TEXT NOT NULL,
	phone_number_id TEXT NOT NULL,
	created         TEXT NOT NULL,
	secret          BLOB NOT NULL,
	not_after       TEXT NOT NULL,
	PRIMARY KEY (workspace, n)
) STRICT, WITHOUT ROWID;
