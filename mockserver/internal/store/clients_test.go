package store_test

import (
	"errors"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/internal/store"
)

func TestAKeyIs32BytesInBase64AndItsErrorDoesNotShowIt(t *testing.T) {
	t.Parallel()
	if _, err := store.ParseKey(store.NewKey()); err != nil {
		t.Error(err)
	}
	if store.NewKey() == store.NewKey() {
		t.Error("two keys are the same")
	}
	for _, wrong := range []string{"", "secret-secret", "MDEyMzQ1Njc4OQ==", store.NewKey() + store.NewKey(), "%%%%"} {
		_, err := store.ParseKey(wrong)
		if err == nil || wrong != "" && strings.Contains(err.Error(), wrong) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

var errNoKeys = errors.New("no keys")

func TestAStoreThatGetsNoKeysIsNotOpened(t *testing.T) {
	t.Parallel()
	_, err := store.New(t.Context(), store.Options{Database: &database{}, Keys: func(bool) ([]store.Key, error) { return nil, errNoKeys }})
	if !errors.Is(err, errNoKeys) {
		t.Errorf("%v", err)
	}
}
