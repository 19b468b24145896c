package suite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const opControl = "control" // stands for every operation of the control API

const headerAuthorization = "Authorization"

const otherAgent = "another-agent" // whom conversations are assigned to that are not the client's own

// controlChecks bring about with the control API what can otherwise only be waited for, and look at it through the API. Each works in a
// workspace of its own, which it makes and removes: so the target's own workspaces stay as they are, and checks do not disturb each other.
func controlChecks() []*check {
	out := slices.Concat(wordChecks(), receivedChecks(), progressChecks(), toolChecks())
	for _, c := range out {
		c.capability, c.writes = CapabilityControl, true
	}
	answers := ruleCheck(rule{requirement: "CONTROL-ANSWERS", operation: opControl, title: "the control API does what it is asked to", needs: "an answer of the control API", judge: judgeControl})
	answers.capability, answers.writes = CapabilityControl, true
	return append(out, answers)
}

// wanted says how the control API should answer; a request without it is judged by its own check.
type wanted struct {
	status int
	shows  []string // properties that must be there
}

func judgeControl(_ *judge, e *exchange) verdict {
	want := e.request.wanted
	switch {
	case want == nil:
		return unconcerned()
	case e.status != want.status:
		return concerned(Finding{Text: "the control API did not do what it was asked to", Expected: statusLine(want.status), Actual: e.result()})
	}
	for _, name := range want.shows {
		if _, there := e.object()[name]; !there {
			return concerned(Finding{Text: "an answer of the control API lacks a property", Expected: "the property " + name, Actual: strings.Join(slices.Sorted(maps.Keys(e.object())), ", ")})
		}
	}
	return concerned()
}

// toControl is a request to the control API about a workspace; "" names none.
func (s *session) toControl(method, path, workspace string, body any) *request {
	r := &request{op: s.control, method: method, path: path, sign: signing{anonymous: true}, expect: expectNothing}
	if workspace != "" {
		r.query = encodeQuery(pair{"workspace", workspace})
	}
	if body != nil {
		r = r.withJSON(body)
	}
	return r
}

// try asks the control API about the check's workspace; the check judges the answer.
func (p *probe) try(method, path string, body any) (*exchange, error) {
	return p.ask(p.toControl(method, path, p.own.Domain, body))
}

// do asks for what must be done, and reads the answer into a value; what is not done is for CONTROL-ANSWERS to tell.
func (p *probe) do(r *request, want wanted, into any) error {
	r.wanted = &want
	e, err := p.ask(r)
	switch {
	case err != nil:
		return err
	case e.status != want.status:
		return lacks("a control API that does what it is asked to (%s)", e)
	case into == nil:
		return nil
	}
	if err := json.Unmarshal(e.body, into); err != nil {
		return lacks("an answer of the control API that can be read (%s)", e)
	}
	return nil
}

// inWorkspace makes a check run in a workspace of its own.
func inWorkspace(run func(*probe) error) func(*probe) error {
	return func(p *probe) error { return p.inWorkspace(run) }
}

// inWorkspace runs a check in a new workspace, whose clock stands, and removes it, whatever becomes of the check and of the run.
func (p *probe) inWorkspace(run func(*probe) error) (err error) {
	for _, op := range []string{opList, opTalk, opState} {
		if _, err := p.operation(op); err != nil {
			return err
		}
	}
	domain := "contract-" + strconv.FormatInt(p.client.now().UnixNano(), 36) + strconv.FormatInt(p.rand.Int64N(1e9), 36)
	defer func() { // also when it is not known whether it was made
		if failed := p.removeWorkspace(domain); err == nil {
			err = failed
		}
	}()
	if p.own, err = p.makeWorkspace(domain); err != nil {
		return err
	}
	if err := p.setClock(map[string]any{"run": false}); err != nil {
		return err
	}
	return run(p)
}

// removeWorkspace takes a workspace away, also after the run was interrupted. One that is not there any more is as good as removed.
func (p *probe) removeWorkspace(domain string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), 5*time.Second)
	defer cancel()
	p.ctx = ctx
	e, err := p.ask(p.toControl(http.MethodDelete, "/workspaces/"+domain, "", nil))
	if err == nil && e.status != http.StatusNoContent && e.status != http.StatusNotFound {
		err = errors.New(e.result())
	}
	if err != nil {
		return fmt.Errorf("the workspace %s could not be removed: %w", domain, err)
	}
	return nil
}

// madeWorkspace is what the control API tells of a workspace, this once.
type madeWorkspace struct {
	Domain   string   `json:"domain"`
	ClientID string   `json:"client_id"`
	Secret   string   `json:"secret"`
	Numbers  []string `json:"phone_number_ids"`
}

func (p *probe) makeWorkspace(domain string) (*Credentials, error) {
	r := p.toControl(http.MethodPost, "/workspaces", "", map[string]any{"domain": domain})
	r.wanted = &wanted{status: http.StatusCreated, shows: []string{"domain", "client_id", "secret", "phone_number_ids"}}
	e, err := p.ask(r)
	if err != nil {
		return nil, err
	}
	var w madeWorkspace
	unread := json.Unmarshal(e.body, &w)
	if w.Secret != "" { // it leaves the suite in no report
		p.client.learn(w.Secret)
		e.body = []byte(Hider(w.Secret).Replace(string(e.body)))
	}
	made := &Credentials{Domain: w.Domain, ClientID: w.ClientID, HMACSecret: w.Secret}
	if len(w.Numbers) > 0 {
		made.PhoneNumberID = w.Numbers[0]
	}
	if unread != nil || e.status != http.StatusCreated || checkCredentials(*made, "") != nil || made.Domain != domain {
		return nil, lacks("a workspace that the control API makes (%s)", e)
	}
	return made, nil
}

// A controlled is a conversation as the control API shows it.
type controlled struct {
	ID     int64  `json:"id"`
	Phone  string `json:"phone"`
	Name   string `json:"name"`
	Status string `json:"status"`
	Unread int64  `json:"unread_count"`
}

func shownOfConversation() []string {
	return []string{"id", "phone_number_id", "phone", "name", "status", "assignee", "bot", "closed", "unread_count", "messages", "created_at", "updated_at"}
}

// beginWith makes a conversation; a phone and a name are added.
func (p *probe) beginWith(fields map[string]any) (c controlled, err error) {
	body := map[string]any{"phone": fmt.Sprintf("9665%08d", p.rand.Int64N(1e8)), "name": "Contract Suite اختبار"}
	for name, value := range fields {
		body[name] = value
	}
	r := p.toControl(http.MethodPost, "/conversations", p.own.Domain, body)
	return c, p.do(r, wanted{http.StatusCreated, shownOfConversation()}, &c)
}

// begin makes a conversation that is somebody else's, so that it is opened.
func (p *probe) begin() (controlled, error) {
	return p.beginWith(map[string]any{"assignee": otherAgent})
}

func conversationPath(id int64) string { return "/conversations/" + strconv.FormatInt(id, 10) }

func (p *probe) change(id int64, fields map[string]any) (c controlled, err error) {
	return c, p.do(p.toControl(http.MethodPatch, conversationPath(id), p.own.Domain, fields), wanted{http.StatusOK, shownOfConversation()}, &c)
}

// A controlledMessage is a message as the control API shows it.
type controlledMessage struct {
	ID           int64  `json:"id"`
	Conversation int64  `json:"conversation_id"`
	Status       string `json:"status"`
}

func shownOfMessage() []string {
	return []string{"id", "conversation_id", "wamid", "type", "content", "direction", "status", "date"}
}

// receive lets the customer of a conversation write.
func (p *probe) receive(id int64, content string) (m controlledMessage, err error) {
	r := p.toControl(http.MethodPost, conversationPath(id)+"/messages", p.own.Domain, map[string]any{"content": content})
	return m, p.do(r, wanted{http.StatusCreated, shownOfMessage()}, &m)
}

// customer is a conversation in which the customer has just written.
func (p *probe) customer() (controlled, error) {
	c, err := p.begin()
	if err == nil {
		_, err = p.receive(c.ID, p.nonce("Hello"))
	}
	return c, err
}

type controlledClock struct {
	Now      time.Time `json:"now"`
	Standing bool      `json:"standing"`
}

func shownOfClock() []string { return []string{"now", "standing"} }

// clock is the clock of a workspace.
func (p *probe) clock(workspace string) (c controlledClock, err error) {
	return c, p.do(p.toControl(http.MethodGet, "/clock", workspace, nil), wanted{http.StatusOK, shownOfClock()}, &c)
}

// setClock changes the clock of the check's workspace.
func (p *probe) setClock(change map[string]any) error {
	return p.do(p.toControl(http.MethodPost, "/clock", p.own.Domain, change), wanted{http.StatusOK, shownOfClock()}, nil)
}

func (p *probe) advance(d time.Duration) error {
	return p.setClock(map[string]any{"advance": fmt.Sprintf("%ds", int64(d/time.Second))})
}

// withFaults sets the workspace's faults.
func (p *probe) withFaults(rules ...map[string]any) error {
	r := p.toControl(http.MethodPut, "/faults", p.own.Domain, map[string]any{"rules": noNil(rules)})
	return p.do(r, wanted{http.StatusOK, []string{"rules"}}, nil)
}

// refused wants an error of the control API, with the body of the API's own errors.
func (p *probe) refused(e *exchange, text string, status int) {
	p.want(e, text, "", status)
	if e.status != status {
		return
	}
	for _, name := range []string{"error", "message", "request_id"} {
		if value, _ := e.object()[name].(string); value == "" {
			p.fail(Finding{Text: "an error of the control API has not the body of an error", Expected: "the text " + name, Actual: brief(e.object()[name]), Pointer: "/" + name}, e)
		}
	}
}

// preflightControl finds out whether the control API is there and takes the token.
func (s *session) preflightControl(ctx context.Context) error {
	if !s.cfg.claims(CapabilityControl) {
		return nil
	}
	e := s.client.ask(ctx, "preflight", s.toControl(http.MethodGet, "/workspaces", "", nil))
	var why string
	switch _, list := e.object()["data"].([]any); {
	case e.err != nil:
		why = e.result()
	case e.status == http.StatusUnauthorized && s.target.controlToken == "":
		why = e.result() + ": it asks for a token (--control-token)"
	case e.status == http.StatusUnauthorized:
		why = e.result() + ": it does not take this token"
	case e.status == http.StatusOK && list:
		return nil
	default:
		why = e.result() + said(e) + ": is it there, and on? (--control-url)"
	}
	return &TargetError{s.hide.Replace(cutText(fmt.Sprintf("the control API at %s cannot be used: %s", s.target.control, why), 600))}
}
