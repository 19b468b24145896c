package server

import (
	"strings"
	"testing"
)

func TestAPanicWhileADocumentIsTakenOverIsAnErrorThatSaysWhere(t *testing.T) {
	t.Parallel()
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = s.change(func(*service) error {
		var nothing *service
		_ = nothing.document // panics
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "panic") || !strings.Contains(err.Error(), "panic_internal_test.go:") {
		t.Errorf("%v", err)
	}
	if err := s.Reset(t.Context()); err != nil {
		t.Errorf("nothing can be changed any more: %v", err)
	}
}
