package suite_test

import (
	"compress/gzip"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"example.com/awalmock/contract/suite"
)

// A standIn is a second lawful server, written independently of the mock, which decides otherwise wherever the vendor leaves it open: 400 for
// missing headers, 403 for unknown clients, 404 for malformed ids, an empty list for unknown numbers, views that overlap, times with an
// offset, ids that are no small numbers, one rate limit for all operations, and gzip for clients that take it.
type standIn struct {
	conversations []*thread
	now           func() time.Time
	match         func(name, term string) bool
	view          func(t *thread, word string) bool // more rows under a word
	counted       atomic.Int64                      // requests, in a window of a day
	silent        bool                              // about its rate limit
}

type thread struct {
	id          int64
	phone, name string
	state       string // opened, closed, bot, my or unassigned
	unread      int
	messages    []message
}

type message struct {
	id         int64
	text, kind string
	inbound    bool
	at         time.Time
	state      string
}

var standInCredentials = suite.Credentials{Domain: "stand-in", ClientID: "c-1", HMACSecret: "a secret with / and \" in it", PhoneNumberID: "777"}

func newStandIn(conversations int) *standIn {
	s := &standIn{now: time.Now, match: func(name, term string) bool { return strings.Contains(strings.ToLower(name), strings.ToLower(term)) }}
	names := []string{"Noura Al-Qahtani", "خالد العتيبي", "JOHN o'brien", "سارة محمد", "Zoë Müller", "عبد الرحمن"}
	states := []string{"opened", "closed", "bot", "my", "unassigned", "opened"}
	for i := range conversations {
		t := &thread{id: 7_000_000_001 + int64(i)*37, phone: fmt.Sprintf("96655%07d", 1_234_567+i*7919), name: names[i%len(names)], state: states[i%len(states)]}
		for m := range 2 + i%4 {
			at := s.now().Add(-time.Duration(i*i*40+(10-m)*7) * time.Minute).Truncate(time.Second)
			state := []string{"read", "delivered", "sent", "failed"}[(i+m)%4]
			if m%2 == 0 {
				state = "read"
			}
			t.messages = append(t.messages, message{t.id*100 + int64(m), fmt.Sprintf("نص %d/%d 🙂 text", i, m), "text", m%2 == 0, at, state})
		}
		if i%3 == 0 && t.state != "closed" {
			t.unread = 1
		}
		s.conversations = append(s.conversations, t)
	}
	return s
}

func (t *thread) newest() message { return t.messages[len(t.messages)-1] }

func (s *standIn) expired(t *thread) bool { return s.now().Sub(t.newest().at) >= 24*time.Hour }

// word is what the status field shows; a conversation can be under several.
func (s *standIn) word(t *thread) string {
	if t.state != "closed" && s.expired(t) {
		return "expired"
	}
	return t.state
}

func (s *standIn) under(t *thread, word string) bool {
	return s.word(t) == word || word == "unread" && t.unread > 0 || s.view != nil && s.view(t, word)
}

func (s *standIn) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	status, body := s.answer(r)
	if status < 500 && status != http.StatusUnauthorized && !s.silent {
		const limit = 1_000_000
		out.Header().Set("X-RateLimit-Limit", strconv.Itoa(limit))
		out.Header().Set("X-RateLimit-Remaining", strconv.FormatInt(limit-s.counted.Add(1), 10))
		out.Header().Set("X-RateLimit-Reset", strconv.FormatInt(s.now().Truncate(time.Hour).Add(time.Hour).Unix(), 10))
	}
	if body == nil {
		http.Error(out, "no such method", status)
		return
	}
	out.Header().Set("Content-Type", "application/json; charset=utf-8")
	raw, _ := json.MarshalIndent(body, "", "\t")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		out.Header().Set("Content-Encoding", "gzip")
		out.WriteHeader(status)
		zip := gzip.NewWriter(out)
		defer zip.Close()
		_, _ = zip.Write(raw)
		return
	}
	out.WriteHeader(status)
	_, _ = out.Write(raw)
}

type object = map[string]any

func problem(code, text string, fields ...string) object {
	details := object{}
	for _, field := range fields {
		details[field] = "is wrong"
	}
	return object{"error": code, "message": text, "details": details, "request_id": strconv.FormatInt(time.Now().UnixNano(), 36), "help": "https://example.com"}
}

func (s *standIn) answer(r *http.Request) (int, any) {
	path := strings.TrimPrefix(r.URL.EscapedPath(), "/v1")
	if r.Method != http.MethodGet {
		return http.StatusNotFound, nil
	}
	if status, refusal := s.refuse(r, path); refusal != nil {
		return status, refusal
	}
	query := r.URL.Query()
	var wrong []string
	if query.Get("phone_number_id") == "" {
		wrong = append(wrong, "phone_number_id")
	}
	words := []string{"", "unassigned", "my", "unread", "expired", "opened", "closed", "bot"}
	if path == "/conversations" && !slices.Contains(words, query.Get("status")) {
		wrong = append(wrong, "status")
	}
	if len(wrong) > 0 {
		return http.StatusBadRequest, problem("validation_failed", "Check the request.", wrong...)
	}
	known := query.Get("phone_number_id") == standInCredentials.PhoneNumberID
	switch path {
	case "/conversations":
		return http.StatusOK, s.list(query.Get("status"), query.Get("searchTerm"), known)
	case "/fetch-message-status-app":
		return http.StatusOK, s.statuses(known)
	}
	for _, t := range s.conversations {
		if known && path == "/conversations/"+strconv.FormatInt(t.id, 10) {
			return http.StatusOK, s.messages(t)
		}
	}
	return http.StatusNotFound, problem("resource_not_found", "لا يوجد")
}

func (s *standIn) refuse(r *http.Request, path string) (int, any) {
	for _, name := range []string{"X-Awal-Signature-256", "X-Timestamp", "X-Domain", "X-Client-ID"} {
		if r.Header.Get(name) == "" {
			return http.StatusBadRequest, problem("missing_headers", "A header is missing.", name)
		}
	}
	if r.Header.Get("X-Domain") != standInCredentials.Domain || r.Header.Get("X-Client-ID") != standInCredentials.ClientID {
		return http.StatusForbidden, problem("forbidden", "Who are you?")
	}
	seconds, err := strconv.ParseInt(r.Header.Get("X-Timestamp"), 10, 64)
	if err != nil {
		return http.StatusBadRequest, problem("validation_failed", "No time.", "X-Timestamp")
	}
	if math.Abs(s.now().Sub(time.Unix(seconds, 0)).Seconds()) > 900 {
		return http.StatusForbidden, problem("clock_skew", "Your clock is wrong.")
	}
	query := ""
	if r.URL.RawQuery != "" {
		query = "?" + r.URL.RawQuery
	}
	mac := hmac.New(sha256.New, []byte(standInCredentials.HMACSecret))
	mac.Write([]byte(r.Method + path + query + r.Header.Get("X-Timestamp")))
	if r.Header.Get("X-Awal-Signature-256") != "sha256="+hex.EncodeToString(mac.Sum(nil)) {
		return http.StatusUnauthorized, problem("authentication_failed", "Invalid HMAC signature")
	}
	return 0, nil
}

func (s *standIn) list(status, term string, known bool) any {
	rows := []object{}
	for _, t := range s.conversations {
		if !known || status != "" && !s.under(t, status) || !s.match(t.name, term) && !strings.Contains(t.phone, term) {
			continue
		}
		rows = append(rows, object{
			"id": t.id, "phone": t.phone, "name": t.name, "last_message": t.newest().text, "last_message_type": "text", "unread_count": t.unread,
			"status": s.word(t), "updated_at": riyadh(t.newest().at), "created_at": riyadh(t.messages[0].at), "assignee": nil,
		})
	}
	return object{"status": true, "data": rows, "meta": object{"total": len(s.conversations), "unread_total": 0, "page": 1}}
}

func (s *standIn) messages(t *thread) any {
	messages := []object{}
	for _, m := range t.messages {
		direction := "outbound"
		if m.inbound {
			direction = "inbound"
		}
		messages = append(messages, object{"id": m.id, "content": m.text, "type": m.kind, "direction": direction, "date": riyadh(m.at), "status": m.state})
	}
	return object{"status": true, "data": object{"id": t.id, "phone": t.phone, "name": t.name, "status": s.word(t), "messages": messages, "meta": object{"total_messages": len(messages)}}}
}

func (s *standIn) statuses(known bool) any {
	rows := []object{}
	for _, t := range s.conversations {
		for _, m := range t.messages {
			if known && !m.inbound {
				rows = append(rows, object{"message_id": m.id, "status": m.state, "timestamp": riyadh(m.at)})
			}
		}
	}
	return object{"status": true, "data": rows}
}

func riyadh(at time.Time) string {
	return at.In(time.FixedZone("", 3*3600)).Format("2006-01-02T15:04:05.00-07:00")
}

// start serves the stand-in, or a change of it, and gives a configuration that aims at it.
func start(t interface{ Cleanup(func()) }, handler http.Handler) suite.Config {
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return suite.Config{BaseURL: server.URL + "/v1", Credentials: standInCredentials, Seed: 1, Timeout: 2 * time.Minute}
}
