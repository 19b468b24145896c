package listener_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/listener"
)

// listening is a listener on a free port.
func listening(t *testing.T) *listener.Listener {
	t.Helper()
	client := exchange.NewClient(&exchange.Target{}, exchange.ClientOptions{})
	l, err := listener.Listen(t.Context(), "127.0.0.1:0", "", func(r *http.Request, at string, body []byte, status int) *exchange.Exchange {
		return client.Received(at, r, body, status)
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

func post(t *testing.T, url, body string) (int, string) {
	t.Helper()
	answer, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

func TestTheChallengeComesBackAndEventsAreKeptInTheirOrder(t *testing.T) {
	t.Parallel()
	l := listening(t)
	inbox := l.Inbox("one")
	if !l.Deaf() {
		t.Error("something has come before anything was sent")
	}
	if status, text := post(t, inbox.URL(), `{"type":"verification","challenge":"7 <é>"}`); status != 200 || text != `{"challenge":"7 \u003cé\u003e"}` {
		t.Errorf("%d %s", status, text)
	}
	for _, body := range []string{`{"event":"a"}`, `[{"event":"b"},{"event":"c"}]`, `no JSON`} {
		if status, text := post(t, inbox.URL(), body); status != 200 || text != "" {
			t.Errorf("%s: %d %s", body, status, text)
		}
	}
	names := ""
	for _, v := range inbox.Events() {
		names += v.Name + v.Pointer + " "
	}
	if names != "a b/0 c/1 " || len(inbox.Challenges()) != 1 || len(inbox.Came()) != 4 || len(l.Registered().Came()) != 0 || l.Deaf() {
		t.Errorf("%q, %d challenges, %d in all", names, len(inbox.Challenges()), len(inbox.Came()))
	}
}

func TestAnAddressThatIsNoInboxIsTheOneThatIsRegistered(t *testing.T) {
	t.Parallel()
	l := listening(t)
	post(t, l.Registered().URL()+"/any/path?a=b", `{"event":"a"}`)
	came := l.Registered().Came()
	if len(came) != 1 || came[0].Request.Path+"?"+came[0].Request.Query != "/any/path?a=b" {
		t.Errorf("%v", came)
	}
}

func TestAnInboxAnswersAsItIsTold(t *testing.T) {
	t.Parallel()
	inbox := listening(t).Inbox("one")
	inbox.AnswerEvents(func(*exchange.Exchange) int { return 503 })
	inbox.AnswerChallenges(func(challenge string) (int, any) { return 500, challenge + "?" })
	if status, _ := post(t, inbox.URL(), `{"event":"a"}`); status != 503 {
		t.Errorf("%d", status)
	}
	if status, text := post(t, inbox.URL(), `{"type":"verification","challenge":"x"}`); status != 500 || text != `"x?"` {
		t.Errorf("%d %s", status, text)
	}
	if inbox.Events()[0].From.Accepted() {
		t.Error("an event that was answered with 503 counts as accepted")
	}
}

func TestWaitingEndsWhenSomethingComesOrTheRunEnds(t *testing.T) {
	t.Parallel()
	inbox := listening(t).Inbox("one")
	go func() { _, _ = http.Post(inbox.URL(), "application/json", strings.NewReader(`{"event":"a"}`)) }()
	if found, err := inbox.Wait(t.Context(), time.Minute, func() bool { return len(inbox.Events()) == 1 }); !found || err != nil {
		t.Errorf("%v %v", found, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if found, err := inbox.Wait(ended, time.Minute, func() bool { return false }); found || err == nil {
		t.Errorf("%v %v", found, err)
	}
}
