package mocktest_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/mocktest"
)

func TestAMethodThatWaitsEndsWithItsContextOrWithTheMock(t *testing.T) {
	t.Parallel()
	m := startStopped(t)
	ctx, cancel := context.WithCancel(t.Context())
	byContext, err := m.Workspace("").Changes(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	byMock, err := m.Journal().Stream(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := byContext.Next(); !errors.Is(err, context.Canceled) {
		t.Errorf("after its context: %v", err)
	}
	if _, err := m.Workspace("").Clock(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a request after its context: %v", err)
	}
	m.Server().Close()
	if _, err := byMock.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("after the mock: %v", err)
	}
}

func TestARefusalOfTheControlAPIIsToldApartByItsKind(t *testing.T) {
	t.Parallel()
	m := startStopped(t)
	ctx := t.Context()
	_, invalid := m.Workspace("").CreateConversation(ctx, adminapi.NewConversation{Phone: "none"})
	_, missing := m.Workspace("nowhere").Clock(ctx)
	_, large := m.Workspace("").Receive(ctx, 1, adminapi.NewMessage{Content: strings.Repeat("x", 2<<20)})
	kinds := []error{
		mocktest.ErrInvalid, mocktest.ErrUnauthorized, mocktest.ErrForbidden, mocktest.ErrNotFound,
		mocktest.ErrConflict, mocktest.ErrTooLarge, mocktest.ErrUnavailable,
	}
	for name, c := range map[string]struct {
		err  error
		kind error // nil: none of them
	}{
		"a phone of letters":             {invalid, mocktest.ErrInvalid},
		"no such workspace":              {missing, mocktest.ErrNotFound},
		"the default workspace stays":    {m.DeleteWorkspace(ctx, m.Domain), mocktest.ErrConflict},
		"a body that is too large":       {large, mocktest.ErrTooLarge},
		"a token is missing (401)":       {&mocktest.ControlError{Status: 401}, mocktest.ErrUnauthorized},
		"another host (403)":             {&mocktest.ControlError{Status: 403}, mocktest.ErrForbidden},
		"there is no room now (503)":     {&mocktest.ControlError{Status: 503}, mocktest.ErrUnavailable},
		"a failure of the mock is none":  {&mocktest.ControlError{Status: 500}, nil},
		"another refusal is none of all": {&mocktest.ControlError{Status: 415}, nil},
	} {
		for _, kind := range kinds {
			if errors.Is(c.err, kind) != errors.Is(kind, c.kind) {
				t.Errorf("%s: %v is %v: %v", name, c.err, kind, errors.Is(c.err, kind))
			}
		}
		var refused *mocktest.ControlError
		if !errors.As(c.err, &refused) || refused.Status == 0 {
			t.Errorf("%s: %v", name, c.err)
		}
	}
}
