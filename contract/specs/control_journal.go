package specs

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/match"
)

// journal is about the requests that the control API has recorded.
func journal() Specs {
	return Describe("the journal",
		It("shows each exchange, without its secrets", Requirement("CONTROL-JOURNAL"), func(t *T) {
			list := t.Document.Operation(document.ListConversations)
			right := t.To(list, 0, exchange.Param("searchTerm", t.uniqueText("n")))
			wrong := t.To(list, 0).Invalid(exchange.EncodeQuery(exchange.Param(exchange.NumberParameter, t.Workspace.PhoneNumberID), exchange.Param("status", "nosuchword")), "status", exchange.UseInvalid)
			for _, request := range []*exchange.Request{right, wrong} {
				e := t.answer(request)
				entry, from := t.journalEntry(e)
				if entry == nil {
					continue
				}
				t.checkSameExchange(entry, e, from)
				refused := slices.ContainsFunc(entry.Violations, func(v violation) bool { return v.Field == "status" })
				t.About(e, from).Check(refused).To(match.At("/violations", match.Equal(e.Status == http.StatusBadRequest)), "the journal does not say what was wrong with the request")
				t.checkNoSecret(e, from)
			}
		}),
	)
}

// A journalEntry is an exchange as the journal shows it.
type journalEntry struct {
	ID        string `json:"id"`
	Workspace string `json:"workspace"`
	Operation string `json:"operation"`
	Request   struct {
		Method string `json:"method"`
		Target string `json:"target"`
	} `json:"request"`
	Response struct {
		Status int `json:"status"`
	} `json:"response"`
	Violations []violation `json:"violations"`
}

type violation struct {
	Field string `json:"field"`
}

// journalEntry reads the entry of an exchange. It returns the entry and the answer of the control API. If the journal has no entry, that is a finding, and
// the entry is nil.
func (t *T) journalEntry(e *exchange.Exchange) (*journalEntry, *exchange.Exchange) {
	from := t.askControl(http.MethodGet, "/requests/"+e.Header.Get("X-Request-Id"), nil)
	var entry journalEntry
	if err := json.Unmarshal(from.Body, &entry); err != nil || from.Status != http.StatusOK {
		t.Fail(judge.Finding{Text: "the journal does not have an exchange under its X-Request-Id", Expected: "200 OK", Actual: from.Result()}, e, from)
		return nil, from
	}
	return &entry, from
}

// checkSameExchange expects an entry of the journal to be about an exchange.
func (t *T) checkSameExchange(entry *journalEntry, e, from *exchange.Exchange) {
	target, path := entry.Request.Target, strings.TrimPrefix(e.URL, t.Target.Base.Scheme+"://"+t.Target.Base.Host)
	same := entry.Workspace == t.Workspace.Domain && entry.Operation == document.ListConversations && entry.Request.Method == e.Request.Method && entry.Response.Status == e.Status
	if !same || target == "" || !strings.HasSuffix(path, target) { // a proxy may have removed a prefix of the path
		t.Fail(judge.Finding{Text: "the journal has another exchange", Expected: e.String() + " in " + t.Workspace.Domain, Actual: fmt.Sprintf("%s %s → %d in %s", entry.Request.Method, target, entry.Response.Status, entry.Workspace)}, e, from)
	}
}

// checkNoSecret expects an entry of the journal to show neither a secret nor a whole signature.
func (t *T) checkNoSecret(e, from *exchange.Exchange) {
	signature := strings.TrimPrefix(e.Sent.Get(exchange.HeaderSignature), "sha256=")
	switch {
	case from.Revealed:
		t.Fail(judge.Finding{Text: "the journal shows a secret", Expected: "no secret", Actual: "the entry contains it"}, from)
	case signature != "" && strings.Contains(string(from.Body), signature):
		t.Fail(judge.Finding{Text: "the journal shows a whole signature", Expected: "at most its first digits", Actual: "the entry contains it"}, from)
	}
}
