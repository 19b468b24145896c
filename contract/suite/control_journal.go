package suite

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
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

func checkJournal(p *probe) error {
	list := p.contract.operation(opList)
	right := p.to(list, 0, pair{"searchTerm", p.nonce("n")})
	wrong := p.to(list, 0).invalid(encodeQuery(pair{numberParameter, p.own.PhoneNumberID}, pair{"status", "nosuchword"}), "status", useInvalid)
	for _, r := range []*request{right, wrong} {
		e, err := p.ask(r)
		if err != nil {
			return err
		}
		var entry journaled
		told, err := p.try(http.MethodGet, "/requests/"+e.header.Get("X-Request-Id"), nil)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(told.body, &entry); err != nil || told.status != http.StatusOK {
			p.fail(Finding{Text: "the journal does not have an exchange under its X-Request-Id", Expected: "200 OK", Actual: told.result()}, e, told)
			continue
		}
		p.judgeEntry(entry, e, told)
	}
	return nil
}

func (p *probe) judgeEntry(entry journaled, e, told *exchange) {
	target, path := entry.Request.Target, strings.TrimPrefix(e.url, p.target.base.Scheme+"://"+p.target.base.Host)
	same := entry.Workspace == p.own.Domain && entry.Operation == opList && entry.Request.Method == e.request.method && entry.Response.Status == e.status
	if !same || target == "" || !strings.HasSuffix(path, target) { // a proxy may have taken a prefix off the path
		p.fail(Finding{Text: "the journal tells of another exchange", Expected: e.String() + " in " + p.own.Domain, Actual: fmt.Sprintf("%s %s → %d in %s", entry.Request.Method, target, entry.Response.Status, entry.Workspace)}, e, told)
	}
	broken := slices.ContainsFunc(entry.Violations, func(v violated) bool { return v.Field == "status" })
	if want := e.status == http.StatusBadRequest; broken != want {
		p.fail(Finding{Text: "the journal does not tell what was wrong with the request", Expected: fmt.Sprintf("a violation of status: %t", want), Actual: strconv.FormatBool(broken), Pointer: "/violations"}, e, told)
	}
	signature := strings.TrimPrefix(e.sent.Get(headerSignature), "sha256=")
	switch shown := string(told.body); {
	case told.revealed:
		p.fail(Finding{Text: "the journal shows a secret", Expected: "no secret", Actual: "the entry contains it"}, told)
	case signature != "" && strings.Contains(shown, signature):
		p.fail(Finding{Text: "the journal shows a whole signature", Expected: "at most its first digits", Actual: "the entry contains it"}, told)
	}
}
