package server_test

import (
	"strconv"
	"strings"
	"testing"
)

func TestAnswersToCommandsCarryTheSequenceAndReadsWaitForIt(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	before := m.get(t, listing)
	if got := before.header.Get("X-Mock-Sequence"); got != "" {
		t.Errorf("a read carries %s", got)
	}
	sent := m.sendJSON(t, "text", object{"phone": "96650000000", "body": "a"}).is(t, 200, "")
	if got := sent.header.Get("X-Mock-Sequence"); got != "2" {
		t.Errorf("the first command carries %q, want 2", got)
	}
	for name, a := range map[string]*answer{
		"ticket": m.ticket(t, 12, "openTicket"),
		"change": m.admin(t, 200, "PATCH", "/conversations/3", `{"bot":true}`),
		"clock":  m.admin(t, 200, "POST", "/clock", `{"advance":"1s"}`),
		"reset":  m.admin(t, 204, "POST", "/reset", ""),
	} {
		if n, err := strconv.Atoi(a.header.Get("X-Mock-Sequence")); err != nil || n < 3 || n > 6 {
			t.Errorf("%s: %d carries %q", name, a.status, a.header.Get("X-Mock-Sequence"))
		}
	}
	m.sendJSON(t, "text", object{"phone": "96650000000"}).is(t, 400, "validation_failed").lacks(t, "X-Mock-Sequence")
	known := m.do(t, call{target: listing, header: []string{"X-Mock-If-Sequence: 6"}})
	known.is(t, 200, "")
	late := m.do(t, call{target: listing, header: []string{"X-Mock-If-Sequence: 7"}}).is(t, 503, "service_unavailable").names(t, "sequence")
	if late.detail("sequence") != "6" || late.header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After %s: %s", late.header.Get("Retry-After"), late.body)
	}
	for _, nonsense := range []string{"x", "-1", "0", "1.5", "", "99999999999999999999", "1\r\nX-Mock-If-Sequence: 2"} {
		m.do(t, call{target: listing, header: []string{"X-Mock-If-Sequence: " + nonsense}}).is(t, 400, "validation_failed").names(t, "X-Mock-If-Sequence")
	}
}

func TestAReadThatWaitsForAnEventIsAnsweredWhenItComes(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	for range 20 { // whichever comes first
		seq := strconv.FormatInt(m.sequence(t)+1, 10)
		answered := make(chan *answer, 1)
		go func() { answered <- m.do(t, call{target: listing, header: []string{"X-Mock-If-Sequence: " + seq}}) }()
		m.text(t, "96650000000", "wait for "+seq)
		if a := <-answered; a.status != 200 || !strings.Contains(string(a.body), "wait for "+seq) {
			t.Fatalf("%d %s", a.status, clip(a.body))
		}
	}
}

// sequence is the number of the newest event of the default workspace.
func (m *mock) sequence(t *testing.T) int64 {
	t.Helper()
	a := m.admin(t, 200, "POST", "/clock", `{"advance":"0s"}`)
	n, err := strconv.ParseInt(a.header.Get("X-Mock-Sequence"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (a *answer) lacks(t *testing.T, header string) {
	t.Helper()
	if got := a.header.Get(header); got != "" {
		t.Errorf("%s: %s", header, got)
	}
}
