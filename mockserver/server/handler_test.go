package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"example.com/awalmock/mockserver/mocktest"
	"example.com/awalmock/mockserver/server"
)

// handler is a mock without a network, for fuzzing: what net/http would refuse reaches it, too.
type handler struct{ *server.Server }

func newHandler(f *testing.F, change func(*mocktest.Options)) handler {
	f.Helper()
	o := mocktest.Options{Options: server.Options{Clock: sendClock, RateLimit: "off"}}
	change(&o)
	s, err := server.New(o.Options)
	if err != nil {
		f.Fatal(err)
	}
	return handler{s}
}

// check sends a request and checks what every answer of the API is.
func (h handler) check(t *testing.T, method, target, body string, header map[string]string) *answer {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "/", strings.NewReader(body))
	r.RequestURI = base + target
	r.URL = &url.URL{Path: base + target}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	a := &answer{status: w.Code, header: w.Header(), body: w.Body.Bytes()}
	if a.status >= 500 {
		t.Fatalf("%q: %d %s", target, a.status, a.body)
	}
	if err := json.Unmarshal(a.body, &a.value); err != nil || !utf8.Valid(a.body) {
		t.Fatalf("%q: %d %v: %q", target, a.status, err, a.body)
	}
	if a.status != http.StatusOK {
		code, _ := a.value["error"].(string)
		message, _ := a.value["message"].(string)
		if code == "" || message == "" || a.value["request_id"] != w.Header().Get("X-Request-Id") {
			t.Fatalf("%q: no envelope: %s", target, a.body)
		}
	}
	return a
}

// search asks for a term and checks each row found.
func (h handler) search(t *testing.T, term string) {
	t.Helper()
	a := h.check(t, "GET", listing+"&searchTerm="+url.QueryEscape(term), "", nil)
	if !utf8.ValidString(term) {
		a.is(t, 400, "validation_failed")
		return
	}
	a.is(t, 200, "")
	plain := strings.TrimSpace(term)
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, plain)
	forPhone := digits != "" && strings.Trim(plain, "0123456789+ -()") == ""
	for _, row := range a.rows() {
		name, phone := fmt.Sprint(row["name"]), row["phone"].(string)
		if !strings.Contains(phone, plain) && !containsFold(name, plain) && !(forPhone && strings.Contains(phone, digits)) {
			t.Fatalf("%q finds %v", term, row)
		}
	}
}

// containsFold tries each part of the text, with the standard library's own simple folding.
func containsFold(text, part string) bool {
	runes, n := []rune(norm.NFC.String(text)), len([]rune(norm.NFC.String(part)))
	for i := 0; i+n <= len(runes); i++ {
		if strings.EqualFold(string(runes[i:i+n]), norm.NFC.String(part)) {
			return true
		}
	}
	return n == 0
}
