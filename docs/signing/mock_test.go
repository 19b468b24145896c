package main_test

import (
	"strings"
	"testing"

	"example.com/awalmock/mockserver/mocktest"
)

func TestTheMockAcceptsWhatEverySnippetSends(t *testing.T) {
	t.Parallel()
	mock := mocktest.Start(t)
	for _, s := range snippets() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s := s.ready(t)
			searches := []string{"%D8%A3%D8%AD%D9%85%D8%AF", "Ahmed%20Mohammed", "ahmed+mohammed", "%2B966"}
			if s.slow {
				searches = searches[:1]
			}
			for _, search := range searches {
				t.Run(search, func(t *testing.T) {
					t.Parallel()
					status, body := s.send(t, mock, mock.Secret, "/conversations?phone_number_id="+mock.PhoneNumberID+"&searchTerm="+search)
					if status != "200" || !strings.Contains(body, `"status":true`) {
						t.Errorf("answered %s %s", status, body)
					}
				})
			}
		})
	}
}

func TestTheMockTellsWhatIsWrongWithASignature(t *testing.T) {
	t.Parallel()
	mock := mocktest.Start(t)
	for _, s := range snippets() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s := s.ready(t)
			status, body := s.send(t, mock, mock.Secret+"\n", "/conversations?phone_number_id="+mock.PhoneNumberID)
			for _, want := range []string{"authentication_failed", "GET/conversations?phone_number_id=" + mock.PhoneNumberID, "with a line feed at its end"} {
				if status != "401" || !strings.Contains(body, want) {
					t.Errorf("answered %s %s, want 401 with %q", status, body, want)
				}
			}
		})
	}
}

// send has a snippet send a GET request to the mock, now, and returns the status and the body of the answer.
func (s snippet) send(t *testing.T, mock *mocktest.Mock, secret, target string) (status, body string) {
	t.Helper()
	printed := s.run(t, vector{Secret: secret, Method: "GET", Target: target},
		"AWAL_BASE_URL="+mock.URL, "AWAL_DOMAIN="+mock.Domain, "AWAL_CLIENT_ID="+mock.ClientID)
	lines := strings.SplitN(printed, "\n", 3)
	if len(lines) != 3 {
		t.Fatalf("printed %q, want signature, status and body", printed)
	}
	return lines[1], lines[2]
}
