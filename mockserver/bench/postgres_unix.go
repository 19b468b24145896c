//go:build unix

package main

import (
	"context"

	"example.com/awalmock/mockserver/internal/store"
	"example.com/awalmock/mockserver/internal/store/pgtest"
	"example.com/awalmock/mockserver/internal/store/postgres"
)

// A database is one of a PostgreSQL that this run has started, once for the appends and once for a mock.
type database struct{ appends, mock string }

// postgres starts a PostgreSQL. An error says why there is none; stop may be called all the same.
func (b *bench) postgres() (*database, func(), error) {
	server, err := pgtest.Start()
	if err != nil {
		return nil, func() {}, err
	}
	stop := func() { _ = server.Stop() } // what it leaves is in a temporary folder
	d := &database{}
	for _, to := range []struct {
		name string
		url  *string
	}{{"appends", &d.appends}, {"texts", &d.mock}} {
		if *to.url, err = newDatabase(server, to.name); err != nil {
			return nil, stop, err
		}
	}
	return d, stop, nil
}

// newDatabase makes a database with the tables, and a role that the mock may run as.
func newDatabase(server *pgtest.Server, name string) (url string, err error) {
	sql := func(database, statement string) {
		if err == nil {
			err = server.Command("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", server.URL("postgres", database), "-c", statement)
		}
	}
	sql("postgres", "CREATE ROLE "+name+"_owner LOGIN")
	sql("postgres", "CREATE ROLE "+name+"_mock LOGIN")
	sql("postgres", "CREATE DATABASE "+name+" OWNER "+name+"_owner")
	if err == nil {
		_, err = postgres.Migrate(context.Background(), server.URL(name+"_owner", name))
	}
	sql(name, pgtest.Grants(name+"_mock"))
	return server.URL(name+"_mock", name), err
}

func (d *database) open(ctx context.Context) (store.Database, error) {
	return postgres.Open(ctx, postgres.Options{URL: d.appends, Warn: func(string) {}})
}
