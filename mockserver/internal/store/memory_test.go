package store_test

import (
	"testing"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/store/storetest"
)

func TestMemoryKeepsTheContractOfAStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) sandbox.Store { return sandbox.NewMemoryStore() })
}
