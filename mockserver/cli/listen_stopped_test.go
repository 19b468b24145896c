//go:build unix

package cli

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
)

// It is in place of a cut of ten seconds. The listener is stopped (SIGSTOP) while its connection is cut, as long as the events take that it
// misses: it keeps nothing but the id of the last event, however long it is away. For the mock ten seconds pass on the workspace's
// clock, and it forgets events by their number only. The rest of ten real seconds would be pauses between attempts to connect.
func TestListen_ForwardsWhatTenSecondsHaveBroughtAndWhatWasResentWhileItWasAway(t *testing.T) {
	t.Parallel()
	mock := launch(t, nil, "--clock=2024-01-20T12:00:00Z", "--auth=off")
	origin := strings.TrimSuffix(mock.url, "/api/developer")
	line := newGate(t, strings.TrimPrefix(origin, "http://"))
	address := line.listener.Addr().String()
	home := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer home.Close()
	cmd, out, _ := program(t, nil, "listen", "--from", "http://"+address, "--forward-to", home.URL+"/hook", "-v")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	until(t, out, "connected to", 1)
	adminPost(t, origin, "/conversations/1/messages", `{"content":"before"}`)
	until(t, out, `"body":"before"`, 1)
	_, first, _ := strings.Cut(out.String(), "message.received ")
	first, _, _ = strings.Cut(first, ":")

	if err := cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	line.shut()
	response, err := http.Post(mock.url+"/w/message/text?phone_number_id=123456", "application/json", strings.NewReader(`{"phone":"966500000904","body":"Are you there?"}`))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	adminPost(t, origin, "/clock", `{"advance":"10s"}`)
	adminPost(t, origin, "/deliveries/1/resend", "")
	line.up(address)
	if err := cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}

	until(t, out, `"body":"before"`, 2)
	rest := out.String()
	for _, want := range []string{
		"cut off", "connected again", `"event":"conversation.created"`, `"status":"sent"`, `"status":"delivered"`, `"status":"read"`, `"event":"message.received"`,
		"message.received " + first + " (sent again): 200 OK", `"body":"before"`,
	} {
		_, after, found := strings.Cut(rest, want)
		if !found {
			t.Fatalf("no %s in its place in\n%s", want, out)
		}
		rest = after
	}
}
