-- terms: the quota and the expiry of a workspace that was created at run time, as JSON; '' is none.
ALTER TABLE client ADD COLUMN terms TEXT NOT NULL DEFAULT '';

-- How many requests a workspace with a quota of them has sent on a day of its clock, a number of days since 1970.
CREATE TABLE usage (
	workspace TEXT PRIMARY KEY,
	day       INTEGER NOT NULL,
	used      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
