package main

import (
	"encoding/json"
	"net/http"
	"path"
	"strings"
	"sync"
	"testing"

	"example.com/awalmock/contract/suite"
)

func TestOnlyTheClaimedKindsOfMessagesAreSent(t *testing.T) {
	t.Parallel()
	s, credentials := mock(t)
	var mu sync.Mutex
	sent := map[string]int{}
	target := serve(t, http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			mu.Lock()
			sent[path.Base(r.URL.Path)]++
			mu.Unlock()
		}
		s.ServeHTTP(out, r)
	}))
	args := append([]string{"--base-url", target, "--capability", "send=location,button", "--send-to", strings.Join(inventedPhones(), ","), "--tag", "messages", "--json"}, credentials...)
	code, stdout, stderr := contract(t, nil, args...)
	var r suite.Report
	if err := json.Unmarshal([]byte(stdout), &r); err != nil || code != 0 {
		t.Fatalf("exit %d, %v\n%s", code, err, stderr)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(sent) != 2 || sent["location"] == 0 || sent["button"] == 0 {
		t.Errorf("sent: %v", sent)
	}
	if got := strings.Join(r.Settings.Capabilities, " "); got != "send=location,button" {
		t.Errorf("settings: %s", got)
	}
	passed, without := 0, 0
	for _, c := range r.Cases {
		switch claimed := c.Operation == "sendLocationMessage" || c.Operation == "sendButtonMessage"; {
		case !claimed && c.Outcome != suite.Skipped, claimed && c.Outcome != suite.Pass && c.Outcome != suite.Skipped:
			t.Errorf("%s is %s: %s", c.ID, c.Outcome, c.Reason)
		case claimed && c.Outcome == suite.Pass:
			passed++
		case c.Reason == "the capability send is claimed without "+strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(c.Operation, "send"), "Message")):
			without++
		}
	}
	if passed < 30 || without < 60 {
		t.Errorf("%d cases passed, %d of other kinds were skipped for it", passed, without)
	}
}

func TestKindsOfMessagesAddUp(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"send":                          "send|",
		"send=text,media":               "send|text media",
		"send=text,tickets":             "send tickets|text",
		"send=text,media,send":          "send|",
		"send=text,send=media":          "send|text media",
		"tickets,send=text,send=off":    "tickets|",
		"send=text,send=off,rate-limit": "rate-limit|",
	} {
		on, kinds, err := capabilities(strings.Split(given, ","))
		if got := strings.Join(on, " ") + "|" + strings.Join(kinds, " "); err != nil || got != want {
			t.Errorf("%s: %s (%v), want %s", given, got, err, want)
		}
	}
}
