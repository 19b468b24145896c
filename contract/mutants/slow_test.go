package main

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/awalmock/contract/suite"
	"example.com/awalmock/mockserver/server"
)

// A busy machine makes servers slow, and these are still right. The clock is a fake one.
func TestALawfulServerIsAcceptedIfItIsSlow(t *testing.T) {
	t.Parallel()
	all := func(*http.Request) bool { return true }
	workspaces := func(r *http.Request) bool {
		return r.Method != http.MethodGet && strings.HasPrefix(r.URL.Path, adminPath+"/workspaces")
	}
	for name, test := range map[string]struct {
		slow  func(r *http.Request) bool
		takes time.Duration
	}{
		"workspaces that take 8 s to make and to remove": {workspaces, 8 * time.Second},
		"25 s an answer": {all, 25 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, err := newRunner()
			if err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) {
				w, err := newTarget(server.Options{RateLimit: plenty})
				if err != nil {
					t.Fatal(err)
				}
				defer w.server.(*server.Server).Close()
				late := func(_ *target, next http.Handler) http.Handler {
					return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
						if test.slow(r) {
							time.Sleep(test.takes)
						}
						next.ServeHTTP(out, r)
					})
				}
				report, err := w.check(t.Context(), late, "", func(cfg *suite.Config) {
					a.controlled(cfg)
					cfg.Only = []string{"CONTROL-CLOCK"}
					variant{}.patient(cfg)
				})
				if err != nil {
					t.Fatal(err)
				}
				if failed, last := wrongFailures(report, false); len(failed) > 0 || report.ExitCode != 0 {
					t.Errorf("exit %d, failed: %v; %s", report.ExitCode, failed, last)
				}
			})
		})
	}
}
