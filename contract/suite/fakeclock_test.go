package suite_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"example.com/awalmock/contract/memnet"
	"example.com/awalmock/contract/suite"
)

// withFakeClock runs a test of the suite against a server, both in a bubble of testing/synctest: what waits, waits for no time.
func withFakeClock(t *testing.T, handler func() http.Handler, test func(t *testing.T, cfg suite.Config)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		listener := memnet.Listen()
		server := &http.Server{Handler: handler(), ReadHeaderTimeout: time.Hour}
		stopped := make(chan error, 1)
		go func() { stopped <- server.Serve(listener) }()
		test(t, suite.Config{BaseURL: "http://stand-in/v1", Credentials: standInCredentials, Seed: 1, Timeout: 2 * time.Minute, Dial: listener.Dial})
		if err := server.Shutdown(t.Context()); err != nil { // it waits for handlers that still sleep
			t.Error(err)
		}
		<-stopped
	})
}
