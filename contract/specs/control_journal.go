package specs

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
)

// A journaled is an exchange as the journal shows it.
type journaled struct {
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
	Violations []violated `json:"violations"`
}

type violated struct {
	Field string `json:"field"`
}

func checkJournal(t *T) error {
	list := t.Document.Operation(document.ListConversations)
	right := t.To(list, 0, exchange.Param("searchTerm", t.nonce("n")))
	wrong := t.To(list, 0).Invalid(exchange.EncodeQuery(exchange.Param(exchange.NumberParameter, t.Own.PhoneNumberID), exchange.Param("status", "nosuchword")), "status", exchange.UseInvalid)
	for _, r := range []*exchange.Request{right, wrong} {
		e, err := t.Ask(r)
		if err != nil {
			return err
		}
		var entry journaled
		told, err := t.try(http.MethodGet, "/requests/"+e.Header.Get("X-Request-Id"), nil)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(told.Body, &entry); err != nil || told.Status != http.StatusOK {
			t.Fail(judge.Finding{Text: "the journal does not have an exchange under its X-Request-Id", Expected: "200 OK", Actual: told.Result()}, e, told)
			continue
		}
		t.judgeEntry(entry, e, told)
	}
	return nil
}

func (t *T) judgeEntry(entry journaled, e, told *exchange.Exchange) {
	target, path := entry.Request.Target, strings.TrimPrefix(e.URL, t.Target.Base.Scheme+"://"+t.Target.Base.Host)
	same := entry.Workspace == t.Own.Domain && entry.Operation == document.ListConversations && entry.Request.Method == e.Request.Method && entry.Response.Status == e.Status
	if !same || target == "" || !strings.HasSuffix(path, target) { // a proxy may have taken a prefix off the path
		t.Fail(judge.Finding{Text: "the journal tells of another exchange", Expected: e.String() + " in " + t.Own.Domain, Actual: fmt.Sprintf("%s %s → %d in %s", entry.Request.Method, target, entry.Response.Status, entry.Workspace)}, e, told)
	}
	broken := slices.ContainsFunc(entry.Violations, func(v violated) bool { return v.Field == "status" })
	if want := e.Status == http.StatusBadRequest; broken != want {
		t.Fail(judge.Finding{Text: "the journal does not tell what was wrong with the request", Expected: fmt.Sprintf("a violation of status: %t", want), Actual: strconv.FormatBool(broken), Pointer: "/violations"}, e, told)
	}
	signature := strings.TrimPrefix(e.Sent.Get(exchange.HeaderSignature), "sha256=")
	switch shown := string(told.Body); {
	case told.Revealed:
		t.Fail(judge.Finding{Text: "the journal shows a secret", Expected: "no secret", Actual: "the entry contains it"}, told)
	case signature != "" && strings.Contains(shown, signature):
		t.Fail(judge.Finding{Text: "the journal shows a whole signature", Expected: "at most its first digits", Actual: "the entry contains it"}, told)
	}
}
