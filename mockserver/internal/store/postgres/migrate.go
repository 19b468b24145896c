package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
)

// The numbered steps from an empty database to the layout of this version. They only go forward, and none of them ever changes.
//
//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the database at a URL to the layout of this version. The role of the URL owns what is made. Two may do it at once.
func Migrate(ctx context.Context, url string) (version int, err error) {
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		return 0, explain(err)
	}
	defer c.Close(ctx) //nolint:errcheck // everything is committed by then
	// Creating what another one creates at the same time fails; then it is there.
	for range 3 {
		if _, err = c.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS awalmock; CREATE TABLE IF NOT EXISTS awalmock.layout (version integer PRIMARY KEY)"); err == nil {
			break
		}
	}
	if err == nil {
		err = pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
			version, err = upgrade(ctx, tx)
			return err
		})
	}
	return version, explain(err)
}

func upgrade(ctx context.Context, tx pgx.Tx) (version int, err error) {
	steps, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return 0, err
	}
	if _, err := tx.Exec(ctx, "LOCK TABLE awalmock.layout; SET LOCAL search_path TO awalmock"); err != nil {
		return 0, err
	}
	if err := tx.QueryRow(ctx, "SELECT coalesce(max(version), 0) FROM layout").Scan(&version); err != nil {
		return 0, err
	}
	if version > len(steps) {
		return version, newer(version, len(steps))
	}
	for ; version < len(steps); version++ {
		text, err := migrations.ReadFile(steps[version])
		if err == nil {
			_, err = tx.Exec(ctx, string(text))
		}
		if err == nil {
			_, err = tx.Exec(ctx, "INSERT INTO layout (version) VALUES ($1)", version+1)
		}
		if err != nil {
			return version, fmt.Errorf("%s: %w", steps[version], err)
		}
	}
	return version, nil
}

func newer(is, known int) error {
	return fmt.Errorf("was written by a newer version of the mock (layout %d; this one knows up to %d); start the newer version, or take another database", is, known)
}

// checkLayout refuses a database of another layout, and a role that could look past row-level security.
func checkLayout(ctx context.Context, c *pgx.Conn) error {
	steps, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	var (
		role                    string
		there, above, owns, may bool
	)
	err = c.QueryRow(ctx, `
		WITH layout AS (SELECT c.relowner, n.oid AS schema FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'awalmock' AND c.relname = 'layout')
		SELECT current_user, EXISTS (SELECT FROM layout),
			(SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user),
			coalesce((SELECT pg_has_role(current_user, relowner, 'USAGE') FROM layout), false),
			coalesce((SELECT has_schema_privilege(current_user, schema, 'USAGE') FROM layout), false)`).Scan(&role, &there, &above, &owns, &may)
	if err != nil {
		return err
	}
	name := pgx.Identifier{role}.Sanitize()
	grants := fmt.Sprintf("GRANT USAGE ON SCHEMA awalmock TO %[1]s; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA awalmock TO %[1]s;", name)
	switch {
	case !there:
		return errors.New("the database has no tables of the mock; make them with mockserver migrate --store OWNER-URL, and then as their owner: " + grants)
	case above || owns:
		return fmt.Errorf("the role %s owns the tables or may look past row-level security; start the mock as another one, made with: CREATE ROLE awalmock LOGIN PASSWORD '…'; %s", name,
			"GRANT USAGE ON SCHEMA awalmock TO awalmock; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA awalmock TO awalmock;")
	}
	if !may {
		return fmt.Errorf("the role %s may not use the tables; as their owner: %s", name, grants)
	}
	var version int
	if err := c.QueryRow(ctx, "SELECT coalesce(max(version), 0) FROM awalmock.layout").Scan(&version); err != nil {
		return fmt.Errorf("the role %s may not read the tables (%w); as their owner: %s", name, err, grants)
	}
	switch {
	case version > len(steps):
		return newer(version, len(steps))
	case version < len(steps):
		return fmt.Errorf("has layout %d, and this mock needs %d: mockserver migrate --store OWNER-URL upgrades it", version, len(steps))
	}
	return nil
}
