-- The webhook endpoints of a workspace and their deliveries, encrypted: endpoints have secrets.
CREATE TABLE webhooks (
	workspace TEXT PRIMARY KEY,
	state     BLOB NOT NULL
) STRICT, WITHOUT ROWID;
