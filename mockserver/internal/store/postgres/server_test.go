//go:build unix

package postgres_test

import (
	"os"
	"testing"

	"example.com/awalmock/mockserver/internal/store/pgtest"
)

// shared is the server of all tests but those that stop theirs.
var shared pgtest.Shared

func TestMain(m *testing.M) { os.Exit(shared.Run(m)) }

func needsServer(t *testing.T) *pgtest.Server {
	t.Helper()
	return shared.Get(t)
}
