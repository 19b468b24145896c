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
	for name, test := range map[string]struct {
		only   string
		change change
	}{
		"workspaces that take 8 s to make and to remove": {"CONTROL-CLOCK", func(_ *target, next http.Handler) http.Handler {
			return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodGet && strings.HasPrefix(r.URL.Path, adminPath+"/workspaces") {
					time.Sleep(8 * time.Second)
				}
				next.ServeHTTP(out, r)
			})
		}},
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
				report, err := w.check(t.Context(), test.change, "", func(cfg *suite.Config) {
					a.controlled(cfg)
					cfg.Only = []string{test.only}
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
