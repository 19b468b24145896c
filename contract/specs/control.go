package specs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/printable"
	"example.com/awalmock/contract/run"
)

const otherAgent = "another-agent" // whom conversations are assigned to that are not the client's own

// control brings about with the control API what can otherwise only be waited for, and looks at it through the API. Each spec works in a
// workspace of its own, which it makes and removes: so the target's own workspaces stay as they are, and specs do not disturb each other.
func control() Specs {
	answers := run.RuleCheck(judge.Rule{Requirement: "CONTROL-ANSWERS", Operation: document.Control, Title: "the control API does what it is asked to", Needs: "an answer of the control API", Judge: judge.Control})
	return Describe("what the control API brings about", Capability(document.CapabilityControl), Writes(),
		words(), received(), statusProgress(), tool(), Specs{answers},
	)
}

// try asks the control API about the check's workspace; the check judges the answer.
func (t *T) try(method, path string, body any) (*exchange.Exchange, error) {
	return t.Ask(t.ToControl(method, path, t.Own.Domain, body))
}

// do asks for what must be done, and reads the answer into a value; what is not done is for CONTROL-ANSWERS to tell.
func (t *T) do(r *exchange.Request, want exchange.Wanted, into any) error {
	r.Wanted = &want
	e, err := t.Ask(r)
	switch {
	case err != nil:
		return err
	case e.Status != want.Status:
		return run.Lacks("a control API that does what it is asked to (%s)", e)
	case into == nil:
		return nil
	}
	if err := json.Unmarshal(e.Body, into); err != nil {
		return run.Lacks("an answer of the control API that can be read (%s)", e)
	}
	return nil
}

// inWorkspace makes a check run in a workspace of its own.
func inWorkspace(run func(*T) error) func(*T) error {
	return func(t *T) error { return t.inWorkspace(run) }
}

// inWorkspace runs a check in a new workspace, whose clock stands, and removes it, whatever becomes of the check and of the run.
func (t *T) inWorkspace(run func(*T) error) (err error) {
	for _, op := range []string{document.ListConversations, document.GetConversationMessages, document.GetMessageStatus} {
		if _, err := t.operation(op); err != nil {
			return err
		}
	}
	domain := "contract-" + strconv.FormatInt(t.Client.Now().UnixNano(), 36) + strconv.FormatInt(t.Rand.Int64N(1e9), 36)
	defer func() { // also when it is not known whether it was made
		if failed := t.removeWorkspace(domain); err == nil {
			err = failed
		}
	}()
	if t.Own, err = t.makeWorkspace(domain); err != nil {
		return err
	}
	if err := t.setClock(map[string]any{"run": false}); err != nil {
		return err
	}
	return run(t)
}

// removeWorkspace takes a workspace away, also after the run was interrupted. One that is not there any more is as good as removed.
func (t *T) removeWorkspace(domain string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Ctx), 5*time.Second)
	defer cancel()
	t.Ctx = ctx
	e, err := t.Ask(t.ToControl(http.MethodDelete, "/workspaces/"+domain, "", nil))
	if err == nil && e.Status != http.StatusNoContent && e.Status != http.StatusNotFound {
		err = errors.New(e.Result())
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

func (t *T) makeWorkspace(domain string) (*exchange.Credentials, error) {
	r := t.ToControl(http.MethodPost, "/workspaces", "", map[string]any{"domain": domain})
	r.Wanted = &exchange.Wanted{Status: http.StatusCreated, Shows: []string{"domain", "client_id", "secret", "phone_number_ids"}}
	e, err := t.Ask(r)
	if err != nil {
		return nil, err
	}
	var w madeWorkspace
	unread := json.Unmarshal(e.Body, &w)
	if w.Secret != "" { // it leaves the suite in no report
		t.Client.AddSecrets(w.Secret)
		e.Body = []byte(exchange.Hider(w.Secret).Replace(string(e.Body)))
	}
	made := &exchange.Credentials{Domain: w.Domain, ClientID: w.ClientID, HMACSecret: w.Secret}
	if len(w.Numbers) > 0 {
		made.PhoneNumberID = w.Numbers[0]
	}
	if unread != nil || e.Status != http.StatusCreated || run.CheckCredentials(*made, "") != nil || made.Domain != domain {
		return nil, run.Lacks("a workspace that the control API makes (%s)", e)
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
func (t *T) beginWith(fields map[string]any) (c controlled, err error) {
	body := map[string]any{"phone": fmt.Sprintf("9665%08d", t.Rand.Int64N(1e8)), "name": "Contract Suite اختبار"}
	for name, value := range fields {
		body[name] = value
	}
	r := t.ToControl(http.MethodPost, "/conversations", t.Own.Domain, body)
	return c, t.do(r, exchange.Wanted{Status: http.StatusCreated, Shows: shownOfConversation()}, &c)
}

// begin makes a conversation that is somebody else's, so that it is opened.
func (t *T) begin() (controlled, error) {
	return t.beginWith(map[string]any{"assignee": otherAgent})
}

func conversationPath(id int64) string { return "/conversations/" + strconv.FormatInt(id, 10) }

func (t *T) change(id int64, fields map[string]any) (c controlled, err error) {
	return c, t.do(t.ToControl(http.MethodPatch, conversationPath(id), t.Own.Domain, fields), exchange.Wanted{Status: http.StatusOK, Shows: shownOfConversation()}, &c)
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
func (t *T) receive(id int64, content string) (m controlledMessage, err error) {
	r := t.ToControl(http.MethodPost, conversationPath(id)+"/messages", t.Own.Domain, map[string]any{"content": content})
	return m, t.do(r, exchange.Wanted{Status: http.StatusCreated, Shows: shownOfMessage()}, &m)
}

// customer is a conversation in which the customer has just written.
func (t *T) customer() (controlled, error) {
	c, err := t.begin()
	if err == nil {
		_, err = t.receive(c.ID, t.nonce("Hello"))
	}
	return c, err
}

type controlledClock struct {
	Now      time.Time `json:"now"`
	Standing bool      `json:"standing"`
}

func shownOfClock() []string { return []string{"now", "standing"} }

// clock is the clock of a workspace.
func (t *T) clock(workspace string) (c controlledClock, err error) {
	return c, t.do(t.ToControl(http.MethodGet, "/clock", workspace, nil), exchange.Wanted{Status: http.StatusOK, Shows: shownOfClock()}, &c)
}

// setClock changes the clock of the check's workspace.
func (t *T) setClock(change map[string]any) error {
	return t.do(t.ToControl(http.MethodPost, "/clock", t.Own.Domain, change), exchange.Wanted{Status: http.StatusOK, Shows: shownOfClock()}, nil)
}

func (t *T) advance(d time.Duration) error {
	return t.setClock(map[string]any{"advance": fmt.Sprintf("%ds", int64(d/time.Second))})
}

// withFaults sets the workspace's faults.
func (t *T) withFaults(rules ...map[string]any) error {
	r := t.ToControl(http.MethodPut, "/faults", t.Own.Domain, map[string]any{"rules": run.NoNil(rules)})
	return t.do(r, exchange.Wanted{Status: http.StatusOK, Shows: []string{"rules"}}, nil)
}

// refused wants an error of the control API, with the body of the API's own errors.
func (t *T) refused(e *exchange.Exchange, text string, status int) {
	t.want(e, text, "", status)
	if e.Status != status {
		return
	}
	for _, name := range []string{"error", "message", "request_id"} {
		if value, _ := e.Object()[name].(string); value == "" {
			t.Fail(judge.Finding{Text: "an error of the control API has not the body of an error", Expected: "the text " + name, Actual: printable.Brief(e.Object()[name]), Pointer: "/" + name}, e)
		}
	}
}
