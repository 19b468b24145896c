package specs

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/match"
	"example.com/awalmock/contract/printable"
	"example.com/awalmock/contract/run"
)

// refusedForeign are the statuses with which a correct server refuses a request for data of another workspace.
func refusedForeign() []int {
	return []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}
}

// isolationWays try to reach the data of one workspace as a client of another: by number, credentials, ids in path and body, and in lists.
func isolationWays() []way {
	of := func(name, requirement, title string, most int, unfit func(*document.Operation) string, run func(t *T, op *document.Operation) error) way {
		return way{name: name, requirement: requirement, title: title, capability: document.CapabilitySecondClient, most: most, unfit: unfit, run: run}
	}
	inBody := of("another's id in the body", "ISOLATION-ID", "an id of another workspace in a body gives no access", 2, withoutBodyID, (*T).foreignBody)
	inBody.suffix = "body"
	return []way{
		of("another's number", "ISOLATION-NUMBER", "the number of another workspace gives no access", 1, withoutNumber, (*T).foreignNumber),
		of("another's credentials", "ISOLATION-CREDENTIALS", "mixed credentials of two workspaces are refused", 1, unsigned, (*T).mixedCredentials),
		of("another's id in the path", "ISOLATION-ID", "an id of another workspace in the path gives no access", 2, withoutPathID, (*T).foreignPath),
		inBody,
		of("another's rows", "ISOLATION-ROWS", "no row of one workspace is in a list of another", 2, withoutRows, (*T).foreignRows),
	}
}

func withoutNumber(op *document.Operation) string {
	if op.Parameter("query", exchange.NumberParameter) == nil {
		return "it has no " + exchange.NumberParameter
	}
	return unsigned(op)
}

func withoutPathID(op *document.Operation) string {
	if op.PathParameter() == nil {
		return "its path has no id"
	}
	return unsigned(op)
}

// idProperties are the properties of a body that are an id of the workspace.
func idProperties(b *document.Body) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(b.Properties())) {
		if strings.HasSuffix(name, "_id") || name == "reply_to" {
			out = append(out, name)
		}
	}
	return out
}

func withoutBodyID(op *document.Operation) string {
	if !slices.ContainsFunc(op.Bodies, func(b *document.Body) bool { return len(idProperties(b)) > 0 }) {
		return "it has no body with an id"
	}
	return unsigned(op)
}

func withoutRows(op *document.Operation) string {
	if op.Changes() || op.PathParameter() != nil {
		return "it answers with no list"
	}
	return unsigned(op)
}

// asSecond is a T whose requests are those of the second client. takeOver adds them to those of the case.
func (t *T) asSecond() *T {
	second := t.Target.Second
	return &T{&run.T{Session: t.Session, Case: t.Case, Ctx: t.Ctx, Rand: t.Rand, Workspace: &second}}
}

// takeOver adds the requests of another T to those of the case, and takes over what it has to clean up.
func (t *T) takeOver(other *T) { t.AddRequests(other.T) }

// withOtherNumber returns a copy with another sending number; it may be refused.
func withOtherNumber(r *exchange.Request, from, to string) *exchange.Request {
	c := r.MayBeRefused()
	c.Query = strings.Replace(r.Query, exchange.EncodeQuery(exchange.Param(exchange.NumberParameter, from)), exchange.EncodeQuery(exchange.Param(exchange.NumberParameter, to)), 1)
	c.Proper = false
	return c
}

// foreignNumber sends a request with the number of the other workspace. A read is also sent by the other client with the number of the first.
func (t *T) foreignNumber(op *document.Operation) error {
	other := t.asSecond()
	defer t.takeOver(other)
	first, second := t.Target.First.PhoneNumberID, t.Target.Second.PhoneNumberID
	valid, mark, err := t.withUniqueText(op)
	if err != nil {
		return err
	}
	requests := []*exchange.Request{withOtherNumber(valid, first, second)}
	if !op.Changes() {
		if theirs, err := other.proper(op, 0); err == nil {
			requests = append(requests, withOtherNumber(theirs, second, first))
		}
	}
	answers, err := t.AskAll(requests)
	if err != nil {
		return err
	}
	for _, e := range answers {
		if op.Changes() {
			t.want(e, "the number of another workspace was accepted", "", refusedForeign()...)
			continue
		}
		t.Check(e).To(match.ShowNoData(refusedForeign()...), "the number of another workspace was answered with data")
	}
	if mark != "" && answers[0].Status >= http.StatusBadRequest {
		return t.expectNoMessage(other, answers[0], mark)
	}
	return nil
}

// withUniqueText is a valid request to an operation, and the text in its body, which no other message has; "" if the body has no text.
func (t *T) withUniqueText(op *document.Operation) (*exchange.Request, string, error) {
	if len(op.Bodies) == 0 || op.Bodies[0].Media != exchange.MediaJSON {
		r, err := t.proper(op, 0)
		return r, "", err
	}
	v, err := t.validBody(op, op.Bodies[0])
	if err != nil {
		return nil, "", err
	}
	for _, name := range []string{"body", "body_text"} {
		if _, there := v.fields[name].(string); there {
			mark := t.uniqueText("isolated")
			fields, _ := put(v.fields, []any{name}, mark).(map[string]any)
			return v.with(fields), mark, nil
		}
	}
	return v.with(v.fields), "", nil
}

// expectNoMessage expects the other workspace to have no message of a refused send.
func (t *T) expectNoMessage(other *T, refused *exchange.Exchange, mark string) error {
	view, err := other.List(exchange.Param("searchTerm", t.recipient()))
	if err != nil {
		return err
	}
	for i := range view.Rows {
		if last := view.Rows[i].LastMessage; last != nil && strings.Contains(*last, mark) {
			t.Fail(judge.Finding{Text: "the message of a refused send is in the other workspace", Expected: "no such message", Actual: printable.Brief(*last), Pointer: view.Rows[i].Pointer}, refused, view.From)
		}
	}
	return nil
}

// mixedCredentials sends requests with domain, client and secret of different workspaces.
func (t *T) mixedCredentials(op *document.Operation) error {
	other := t.asSecond()
	defer t.takeOver(other)
	theirs, err := other.proper(op, 0)
	if err != nil {
		return err
	}
	first, second := t.Target.First, t.Target.Second
	attempts := []attempt{
		signed("for the second workspace, signed with the secret of the first one", exchange.Signing{As: &second, WithFirst: true}, refusedClient()),
		signed("for the second workspace, with the client and the secret of the first one", exchange.Signing{As: &second, WithFirst: true, Client: &first.ClientID}, refusedClient()),
	}
	if first.ClientID != second.ClientID {
		attempts = append(attempts, signed("for the second workspace, with the client of the first one", exchange.Signing{As: &second, Client: &first.ClientID}, refusedClient()))
	}
	requests := make([]*exchange.Request, len(attempts))
	for i, a := range attempts {
		requests[i] = a.change(theirs)
	}
	if own, err := t.proper(op, 0); err == nil {
		for _, a := range []attempt{
			signed("with the domain of another workspace", exchange.Signing{Domain: &second.Domain}, refusedClient()),
			signed("signed with the secret of another workspace", exchange.Signing{WithSecond: true}, refusedClient()),
		} {
			attempts, requests = append(attempts, a), append(requests, a.change(own))
		}
	}
	answers, err := t.AskAll(requests)
	if err != nil {
		return err
	}
	for i, e := range answers {
		t.judgeAttempt(attempts[i], e)
	}
	return nil
}

// foreignPath sends requests with an id of the other workspace in the path, with the number of either workspace. If each workspace numbers its own data,
// the first one may have the same id: then it may see its own.
func (t *T) foreignPath(op *document.Operation) error {
	other := t.asSecond()
	defer t.takeOver(other)
	switch {
	case managesRecords(op) && op.Changes():
		return t.foreignRecord(op, other)
	case managesRecords(op):
		return t.foreignRead(op, other)
	}
	theirs, own, err := t.foreignSubject(op, other)
	if err != nil {
		return err
	}
	if op.Changes() && own == "" {
		if own, err = t.ownNow(op, other, theirs); err != nil {
			return err
		}
	}
	mine := stillValid(theirs, exchange.Signing{})
	mine.Proper = false
	withOwnNumber := withOtherNumber(mine, t.Target.Second.PhoneNumberID, t.Target.First.PhoneNumberID)
	var requests []*exchange.Request
	if withoutNumber(op) == "" {
		requests = append(requests, mine)
	}
	switch {
	case op.Changes() && own != "":
		return &run.SkippedError{Reason: "both workspaces have something with this id, and it may not be what may be written to"}
	case op.ID == document.UpdateTicket:
		return t.foreignTickets(op, other, append(requests, withOwnNumber))
	case op.Changes():
		return t.expectRefused(append(requests, withOwnNumber), "data of another workspace can be changed by its id")
	case own == "":
		return t.expectUnreadable(other, theirs, append(requests, withOwnNumber))
	}
	e, err := t.Ask(withOwnNumber)
	if err != nil {
		return err
	}
	if shown := dataMark(e); e.OK() && own != shown {
		t.Fail(judge.Finding{Text: "a request with an id that both workspaces have shows data of the other workspace", Expected: own, Actual: shown, Pointer: "/data"}, e)
	}
	return t.expectRefused(requests, "data of another workspace can be read with its id and its number")
}

// foreignSubject is a valid request of the second client with an id in the path, if possible one that only the second workspace has. own names what the
// first workspace has under the same id, "" if it has nothing.
func (t *T) foreignSubject(op *document.Operation, other *T) (theirs *exchange.Request, own string, err error) {
	if theirs, err = other.proper(op, 0); err != nil {
		return nil, "", err
	}
	mine, err := t.ownByID(op)
	if err != nil {
		return nil, "", err
	}
	prefix := op.Path[:strings.IndexByte(op.Path, '{')]
	if list := t.listAbove(op); !op.Changes() && list != nil {
		e, err := other.AskValid(other.To(list, 0, largestPage(list)...))
		if err != nil {
			return nil, "", err
		}
		for _, row := range e.Items() {
			if id := exchange.Number(row.Fields["id"]); id != nil && mine[fmt.Sprint(*id)] == "" {
				theirs.Path = prefix + fmt.Sprint(*id)
				break
			}
		}
	}
	return theirs, mine[strings.TrimPrefix(theirs.Path, prefix)], nil
}

// largestPage is the parameter limit with its largest value, if a list has pages.
func largestPage(list *document.Operation) []exchange.Pair {
	if limit := list.Parameter("query", "limit"); limit != nil && limit.Schema.Max != nil {
		return []exchange.Pair{exchange.Param(limit.Name, decimal(*limit.Schema.Max))}
	}
	return nil
}

// ownByID names what the lists of the first workspace show, by id.
func (t *T) ownByID(op *document.Operation) (map[string]string, error) {
	out := map[string]string{}
	if list := t.listAbove(op); list != nil && list.ID != document.ListConversations {
		whole, err := t.AskValid(t.To(list, 0, largestPage(list)...))
		if err != nil {
			return nil, err
		}
		for _, row := range whole.Items() {
			out[fmt.Sprint(row.Fields["id"])] = ownMark(row.Fields)
		}
		return out, nil
	}
	if err := t.Crawl().Problem; err != nil {
		return nil, err
	}
	for id, r := range t.Crawl().Known {
		fields := map[string]any{"phone": r.Phone}
		if r.Name != nil {
			fields["name"] = *r.Name
		}
		out[fmt.Sprint(id)] = ownMark(fields)
	}
	return out, nil
}

func (t *T) expectRefused(requests []*exchange.Request, text string) error {
	answers, err := t.AskAll(requests)
	if err != nil {
		return err
	}
	for _, e := range answers {
		t.want(e, text, "", refusedForeign()...)
	}
	return nil
}

// foreignTickets tries to open and close the ticket of a conversation of the other workspace. The conversation is one with a phone of --send-to, in case
// the target accepts it.
func (t *T) foreignTickets(op *document.Operation, other *T, requests []*exchange.Request) error {
	id, err := other.ticketConversation()
	if err != nil {
		return err
	}
	before, err := other.Thread(id)
	if err != nil {
		return err
	}
	var all []*exchange.Request
	for _, route := range op.Bodies[0].Properties()["route"].Value.Enum {
		for _, r := range requests {
			all = append(all, r.WithJSON(map[string]any{"route": route}))
		}
	}
	if err := t.expectRefused(all, "the ticket of another workspace's conversation was changed"); err != nil {
		return err
	}
	after, err := other.Thread(id)
	if err == nil && after.Closed() != before.Closed() {
		t.Fail(judge.Finding{Text: "a client of another workspace changed a conversation", Expected: before.Status, Actual: after.Status, Pointer: "/data/status"}, before.From, after.From)
	}
	return err
}
