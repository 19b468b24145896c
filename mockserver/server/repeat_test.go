package server_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/mocktest"
)

// A history is what a mock answered, each answer under what was asked.
type history struct {
	t *testing.T
	m *mock
	strings.Builder
}

var requestID = regexp.MustCompile(`req_[a-z2-7]{12}`)

// add writes an answer down, but for its request id: that is random.
func (h *history) add(asked string, a *answer) *answer {
	h.t.Helper()
	fmt.Fprintf(h, "%s\n%d %s\n", asked, a.status, requestID.ReplaceAllString(string(a.body), "req_"))
	return a
}

func (h *history) api(r call) *answer {
	h.t.Helper()
	return h.add(r.method+" "+r.target, h.m.do(h.t, r))
}

func (h *history) admin(want int, method, path, body string) {
	h.t.Helper()
	h.add(method+" "+path+" "+body, h.m.admin(h.t, want, method, path, body))
}

// reads asks for everything that can be read.
func (h *history) reads() {
	h.t.Helper()
	for _, number := range []string{"123456", "123457"} {
		list := h.api(call{method: "GET", target: "/conversations?phone_number_id=" + number})
		for _, row := range list.rows() {
			h.api(call{method: "GET", target: fmt.Sprintf("/conversations/%v?phone_number_id=%s", row["id"], number)})
		}
		for _, word := range statusWords() {
			h.api(call{method: "GET", target: "/conversations?phone_number_id=" + number + "&status=" + word})
		}
		h.api(call{method: "GET", target: "/fetch-message-status-app?phone_number_id=" + number})
	}
	for _, target := range []string{listing + "&searchTerm=966", "/templates", "/templates/2", "/waba-numbers", "/templates/9", conversation(999999)} {
		h.api(call{method: "GET", target: target})
	}
	for _, path := range []string{"/clock", "/faults", "/workspaces", "/clock?workspace=other-workspace"} {
		h.admin(200, "GET", path, "")
	}
}

// commands does everything that can be done, refusals and faults included.
func (h *history) commands() {
	h.t.Helper()
	for _, phone := range []string{"96650000000", "966555012001", "966500000901", "966500000902", "966500000903", "966500000904", "966500000429", "966500000500"} {
		eachSendNow(h.t, func(_ operation, r call) { h.api(r.to(phone)) })
	}
	for _, route := range []string{"closeTicket", "openTicket", "openTicket", "closeTicket", "shutTicket"} {
		h.api(call{method: "POST", target: ticketOf(2), body: asJSON(h.t, object{"route": route})})
	}
	h.admin(201, "POST", "/conversations", `{"phone":"966555012002","name":"Sara","assignee":"your-client-id"}`)
	h.admin(200, "PATCH", "/conversations/1", `{"assignee":"Omar","bot":true,"unread_count":2}`)
	h.admin(400, "PATCH", "/conversations/1", `{"unread_count":99}`)
	h.admin(201, "POST", "/conversations/3/messages", `{"content":"Where is it?"}`)
	h.admin(200, "POST", "/clock", `{"advance":"1s"}`)
	id := h.api(call{method: "POST", target: sendText, body: `{"phone":"966500000902","body":"x"}`}).sent()["id"]
	h.admin(200, "PATCH", fmt.Sprintf("/messages/%v", id), `{"status":"read"}`)
	h.admin(409, "PATCH", fmt.Sprintf("/messages/%v", id), `{"status":"delivered"}`)
	h.admin(409, "POST", "/clock", `{"advance":"-1s"}`)
	h.admin(200, "POST", "/clock", `{"set":"2024-01-20T12:00:09Z"}`)
	h.admin(200, "PUT", "/faults", `{"rules":[{"status":503,"probability":0.3},{"malformed":true,"probability":0.3,"operation":"listTemplates"},{"status":429,"times":2,"probability":0.5}]}`)
}

func TestTwoMocksOfTheSameSeedClockAndCommandsGiveTheSameBytesEverywhere(t *testing.T) {
	t.Parallel()
	run := func(machine time.Time, seed uint64) string {
		m := start(t, unlimited(), mocktest.Seed(seed), at(machine))
		h := &history{t: t, m: m}
		h.reads()
		h.commands()
		for range 20 { // the faults draw
			r := call{method: "GET", target: "/waba-numbers"}
			h.add("faulty", m.exchange(t, "GET", m.wire(r)))
			r.target = "/templates"
			h.add("faulty", m.exchange(t, "GET", m.wire(r)))
		}
		h.admin(200, "GET", "/faults", "")
		h.admin(200, "PUT", "/faults", `{"rules":[]}`)
		h.reads()
		h.admin(200, "POST", "/clock", `{"advance":"24h"}`)
		h.reads()
		h.admin(204, "POST", "/reset", "")
		h.reads()
		return h.String()
	}
	first := run(century(), 1)
	// The machine's time must not show, nor must anything that another mock did.
	if again := run(century().Add(77777*time.Second), 1); again != first {
		a, b := strings.Split(first, "\n"), strings.Split(again, "\n")
		for i := range a {
			if a[i] != b[i] {
				t.Fatalf("they differ after %s:\n%.600s\n%.600s", a[max(0, i-1)], a[i], b[i])
			}
		}
	}
	for _, word := range []string{"503 ", "429 ", "409 ", "400 ", "404 ", "500 ", `"expired"`} {
		if !strings.Contains(first, word) {
			t.Errorf("no %s happened: the comparison says nothing about it", word)
		}
	}
	if other := run(century(), 2); other == first {
		t.Error("another seed gives the same")
	}
}

func TestAResetGivesTheBytesOfTheStart(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	before := &history{t: t, m: m}
	before.reads()
	(&history{t: t, m: m}).commands()
	m.admin(t, 204, "POST", "/reset", "")
	after := &history{t: t, m: m}
	after.reads()
	if before.String() != after.String() {
		t.Error("after a reset something is other than at the start")
	}
}
