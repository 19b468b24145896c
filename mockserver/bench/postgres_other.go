//go:build !unix

package main

import (
	"context"
	"errors"

	"example.com/awalmock/mockserver/internal/store"
)

// A database is one of PostgreSQL, which this run does not start here.
type database struct{ mock string }

func (b *bench) postgres() (*database, func(), error) {
	return nil, func() {}, errors.New("this bench starts one on unix only")
}

func (*database) open(context.Context) (store.Database, error) {
	return nil, errors.New("there is no PostgreSQL")
}
