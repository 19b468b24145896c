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
	"example.com/awalmock/contract/run"
)

// control brings about with the control API what can otherwise only be waited for, and looks at it through the API. Each spec works in a
// workspace of its own, which it makes and removes: so the target's own workspaces stay as they are, and specs do not disturb each other.
func control() Specs {
	answers := run.RuleCheck(judge.Rule{Requirement: "CONTROL-ANSWERS", Operation: document.Control, Title: "the control API does what it is asked to", Needs: "an answer of the control API", Judge: judge.Control})
	return Describe("with the control API", Capability(document.CapabilityControl), Writes(),
		words(), received(), statusProgress(), tool(), Specs{answers},
	)
}

// ownWorkspace makes a workspace for the spec, with a clock that is stopped, and has it removed after the spec, however that and the run end.
func ownWorkspace(t *T) {
	for _, op := range []string{document.ListConversations, document.GetConversationMessages, document.GetMessageStatus} {
		_, err := t.operation(op)
		t.End(err)
	}
	domain := "contract-" + strconv.FormatInt(t.Client.Now().UnixNano(), 36) + strconv.FormatInt(t.Rand.Int64N(1e9), 36)
	t.DeferCleanup(func() error { return t.removeWorkspace(domain) }) // also when it is not known whether it was made
	t.Own = t.makeWorkspace(domain)
	t.setClock(map[string]any{"run": false})
}

// removeWorkspace removes a workspace, also after the run was interrupted. One that does not exist any more is as good as removed.
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

// createdWorkspace is what the control API says of a workspace when it creates it, and only then.
type createdWorkspace struct {
	Domain   string   `json:"domain"`
	ClientID string   `json:"client_id"`
	Secret   string   `json:"secret"`
	Numbers  []string `json:"phone_number_ids"`
}

// makeWorkspace returns the credentials of a new workspace. An interrupted run waits for the answer: a request that is given up could make the workspace
// after it was removed.
func (t *T) makeWorkspace(domain string) *exchange.Credentials {
	running := t.Ctx
	t.End(running.Err())
	ctx, cancel := context.WithTimeout(context.WithoutCancel(running), 5*time.Second)
	defer func() { cancel(); t.Ctx = running }()
	t.Ctx = ctx
	r := t.ToControl(http.MethodPost, "/workspaces", "", map[string]any{"domain": domain})
	r.Wanted = &exchange.Wanted{Status: http.StatusCreated, Shows: []string{"domain", "client_id", "secret", "phone_number_ids"}}
	e := t.answer(r)
	var w createdWorkspace
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
		t.Lacks("a workspace that the control API creates (%s)", e)
	}
	return made
}
