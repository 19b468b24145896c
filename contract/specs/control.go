package specs

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/run"
)

// control are the specs that use the control API: it moves the clock, and writes as the customer, which the vendor's API cannot do. Each spec creates a
// workspace, works there, and removes it: other workspaces do not change, and specs do not disturb each other.
func control() Specs {
	answers := run.RuleCase(judge.Rule{Requirement: "CONTROL-ANSWERS", Operation: document.Control, Title: "the control API does what is requested", Needs: "an answer of the control API", Judge: judge.Control})
	return Describe("with the control API", Capability(document.CapabilityControl), Writes(),
		conversationStatuses(), received(), statusProgress(), controlAPI(), Specs{answers},
	)
}

// ownWorkspace creates a workspace for the spec and stops its clock. The workspace is removed after the spec, also after a failure or Ctrl-C.
func ownWorkspace(t *T) {
	for _, op := range []string{document.ListConversations, document.GetConversationMessages, document.GetMessageStatus} {
		_, err := t.operation(op)
		t.End(err)
	}
	domain := "contract-" + strconv.FormatInt(t.Client.Now().UnixNano(), 36) + strconv.FormatInt(t.Rand.Int64N(1e9), 36)
	t.DeferCleanup(func() error { return t.removeWorkspace(domain) }) // before the request: its answer may not arrive
	t.Workspace = t.makeWorkspace(domain)
	t.setClock(map[string]any{"run": false})
}

// removeWorkspace removes a workspace, also after the run was interrupted. It is no error if the workspace does not exist any more.
func (t *T) removeWorkspace(domain string) error {
	ctx, cancel := exchange.Outlast(t.Ctx, run.CleanupTime)
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

// createdWorkspace is the answer of the control API when it creates a workspace. Only this answer has the secret.
type createdWorkspace struct {
	Domain   string   `json:"domain"`
	ClientID string   `json:"client_id"`
	Secret   string   `json:"secret"`
	Numbers  []string `json:"phone_number_ids"`
}

// makeWorkspace creates a workspace and returns its credentials. It waits for the answer also if the run is interrupted: otherwise the target could create
// the workspace after its removal.
func (t *T) makeWorkspace(domain string) *exchange.Credentials {
	running := t.Ctx
	t.End(running.Err())
	ctx, cancel := exchange.Outlast(running, run.CleanupTime)
	defer func() { cancel(); t.Ctx = running }()
	t.Ctx = ctx
	r := t.ToControl(http.MethodPost, "/workspaces", "", map[string]any{"domain": domain})
	r.Wanted = &exchange.Wanted{Status: http.StatusCreated, Shows: []string{"domain", "client_id", "secret", "phone_number_ids"}}
	e := t.answer(r)
	var w createdWorkspace
	unread := json.Unmarshal(e.Body, &w)
	if w.Secret != "" { // no report may show it
		t.Client.AddSecrets(w.Secret)
		e.Body = []byte(exchange.Masker(w.Secret).Replace(string(e.Body)))
	}
	made := &exchange.Credentials{Domain: w.Domain, ClientID: w.ClientID, HMACSecret: w.Secret}
	if len(w.Numbers) > 0 {
		made.PhoneNumberID = w.Numbers[0]
	}
	if unread != nil || e.Status != http.StatusCreated || run.CheckCredentials(*made, "") != nil || made.Domain != domain {
		t.Lacks("a workspace that the control API creates (%s)", e)
	}
	return made
}
