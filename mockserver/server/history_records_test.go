package server_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// formCall is a call whose body is a form in the address's own encoding.
func formCall(method, target, body string) call {
	return call{method: method, target: target, body: body, header: []string{"Content-Type: application/x-www-form-urlencoded"}}
}

// actOnRecords changes records of the resources of the document: what is drawn may be refused.
func (h *history) actOnRecords(draw *rand.Rand) {
	h.t.Helper()
	id := draw.IntN(6) + 1
	switch draw.IntN(8) {
	case 0:
		h.api(formCall("POST", newContact, fmt.Sprintf("name=N%d&phone=9665123000%02d", id, draw.IntN(20))))
	case 1:
		h.api(formCall("PATCH", fmt.Sprintf("/contacts/%d", id), fmt.Sprintf("name=M%d&phone=9665123000%02d", id, draw.IntN(20))))
	case 2:
		h.api(call{method: "DELETE", target: fmt.Sprintf("/contacts/%d", id+4)})
	case 3:
		h.api(call{method: "POST", target: "/contact-groups", body: fmt.Sprintf(`{"name":"G%d"}`, id)})
	case 4:
		h.api(call{method: "PATCH", target: fmt.Sprintf("/contact-groups/%d", id), body: `{"status":0}`})
	case 5:
		h.api(call{method: "DELETE", target: fmt.Sprintf("/contact-groups/%d", id)})
	default:
		requests := changesOfRecords(h.t)
		h.api(requests[draw.IntN(len(requests))])
	}
}

// changesOfRecords are the requests of the document's own examples that change records, by the ids of their operations.
func changesOfRecords(t *testing.T) []call {
	t.Helper()
	c, err := ownContract()
	if err != nil {
		t.Fatal(err)
	}
	all := slices.DeleteFunc(c.operations(), func(op operation) bool { return op.method == "GET" || op.isSend() || op.id == "updateTicket" })
	slices.SortFunc(all, func(a, b operation) int { return cmp.Compare(a.id, b.id) })
	requests := make([]call, len(all))
	for i, op := range all {
		requests[i] = op.request()
	}
	return requests
}

// records asks for the records of each resource, and changes them, in the same way each time.
func (h *history) records() {
	h.t.Helper()
	h.readsOfTheDocument()
	for _, r := range append(
		changesOfRecords(h.t),
		formCall("POST", newContact, "name=Sara&phone=966512300001&contact_group_id=2"), formCall("POST", newContact, "name=Sara&phone=966512300001"),
		formCall("PATCH", "/contacts/3", "name=Noura+New"), call{method: "DELETE", target: "/contacts/4"},
		call{method: "PATCH", target: "/contact-groups/1", body: `{"status":0}`}, call{method: "DELETE", target: "/contact-groups/2"},
		call{method: "DELETE", target: "/branches/2"}, call{method: "DELETE", target: "/branches/4"},
	) {
		h.api(r)
	}
	h.readsOfTheDocument()
	for _, target := range []string{"/contacts?page=2&limit=3", "/contacts?searchTerm=a", "/contact-groups?status=0", "/orders?phone_number_id=123456&limit=2", "/branches/2", "/contacts/4"} {
		h.api(call{method: "GET", target: target})
	}
}

// succeedsEverywhere checks that a history has a success of every operation of the document.
func (h *history) succeedsEverywhere(t *testing.T) {
	t.Helper()
	c, err := ownContract()
	if err != nil {
		t.Fatal(err)
	}
	succeeded, asked := map[string]bool{}, ""
	for line := range strings.SplitSeq(h.String(), "\n") {
		if asked == "" {
			asked = line
			continue
		}
		method, target, _ := strings.Cut(asked, " ")
		asked = ""
		u, err := url.Parse(base + target)
		if err != nil || line[0] != '2' {
			continue
		}
		if route, _, err := c.router.FindRoute(&http.Request{Method: method, URL: u, Header: http.Header{}}); err == nil {
			succeeded[route.Operation.OperationID] = true
		}
	}
	for _, op := range c.operations() {
		if !succeeded[op.id] {
			t.Errorf("no answer of %s is a success", op.id)
		}
	}
}
