package server_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/store"
	"example.com/awalmock/mockserver/mocktest"
)

// fragile is a database that cannot be written while it is broken.
type fragile struct {
	store.Database
	broken *atomic.Bool
}

func (f *fragile) Write(ctx context.Context, writes []*store.Write, alive time.Time) ([]*store.Write, error) {
	if f.broken.Load() {
		return nil, errors.New("the disk is full")
	}
	return f.Database.Write(ctx, writes, alive)
}

func TestMetricsTellOfStoreWorkspacesAndWebhooks(t *testing.T) {
	t.Parallel()
	var broken atomic.Bool
	path := filepath.Join(t.TempDir(), "awalmock.db")
	m, stop := startOn(t, openFile(t, path, time.Now, func(d store.Database) store.Database { return &fragile{d, &broken} }))
	for _, line := range []string{
		"awalmock_store_errors_total 0", "awalmock_store_up 1", "awalmock_replicas 1", "awalmock_store_waiting 0", `awalmock_workspaces{state="loaded"} 2`,
		"awalmock_webhooks_pending 0", "awalmock_webhooks_in_flight 0", "awalmock_webhooks_workspaces 0", "# HELP awalmock_store_batch_seconds Time of a transaction",
	} {
		if text := m.metrics(t); !strings.Contains(text, line) {
			t.Errorf("no %s in %s", line, text)
		}
	}
	send := func() int {
		return m.do(t, call{method: "POST", target: sendText, body: `{"phone":"966500000902","body":"x"}`}).status
	}
	broken.Store(true)
	if status := send(); status != http.StatusServiceUnavailable {
		t.Fatal(status)
	}
	if text := m.metrics(t); !strings.Contains(text, "awalmock_store_up 0") || strings.Contains(text, "awalmock_store_errors_total 0\n") {
		t.Errorf("%s", text)
	}
	broken.Store(false)
	if status := send(); status != http.StatusOK {
		t.Fatal(status)
	}
	if text := m.metrics(t); !strings.Contains(text, "awalmock_store_up 1") || strings.Contains(text, "awalmock_store_events_total 0\n") {
		t.Errorf("%s", text)
	}
	stop()
}

func TestProfilesAreForWhoMayUseTheControlAPI(t *testing.T) {
	t.Parallel()
	open, locked, off := start(t), start(t, mocktest.ControlToken("let-me-in")), start(t, with(func(o *mocktest.Options) { o.Listen = "192.0.2.1" }))
	for name, c := range map[string]struct {
		m      *mock
		path   string
		header string
		want   int
		text   string
	}{
		"the list":         {open, "", "", 200, "goroutine?debug=1"},
		"a profile":        {open, "goroutine?debug=1", "", 200, "goroutine profile: total "},
		"the memory":       {open, "heap?debug=1", "", 200, "heap profile: "},
		"the processor":    {open, "profile?seconds=1", "", 200, "\x1f\x8b"}, // gzip
		"a trace":          {open, "trace?seconds=1", "", 200, "go 1."},
		"no such one":      {open, "sheep", "", 404, "lists them"},
		"no arguments":     {open, "cmdline", "", 404, "lists them"},
		"another site":     {open, "", "Sec-Fetch-Site: cross-site\r\n", 403, "other sites"},
		"another host":     {open, "", "Host: evil.example\r\n", 403, "another host"},
		"no token":         {locked, "", "", 401, "--control-token"},
		"wrong token":      {locked, "heap", "Authorization: Bearer guess\r\n", 401, "--control-token"},
		"the token":        {locked, "", "Authorization: Bearer let-me-in\r\n", 200, "profile?seconds=30"},
		"no one may do it": {off, "", "", 404, ""},
	} {
		host := "Host: localhost\r\n"
		if strings.HasPrefix(c.header, "Host:") {
			host = ""
		}
		a := c.m.exchange(t, "GET", fmt.Sprintf("GET /__admin/pprof/%s HTTP/1.1\r\n%s%sConnection: close\r\n\r\n", c.path, host, c.header))
		if a.status != c.want || !strings.Contains(string(a.body), c.text) {
			t.Errorf("%s: %d %.300s, want %d %s", name, a.status, a.body, c.want, c.text)
		}
	}
	if a := open.exchange(t, "POST", "POST /__admin/pprof/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"); a.status != 405 {
		t.Errorf("POST: %d", a.status)
	}
}
