package control

import (
	"crypto/rand"
	"net/http"
	"strings"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/signature"
)

// listWorkspaces answers GET /workspaces.
func (a *api) listWorkspaces(c *engine.Call) (engine.Reply, error) {
	if _, err := a.workspace(c); err != nil {
		return engine.Reply{}, err
	}
	rows := adminapi.WorkspaceList{Data: []adminapi.Workspace{}}
	rows.Data = append(rows.Data, a.Mock.Workspaces()...)
	return show(http.StatusOK, rows)
}

// Row is a workspace as the list shows it.
func Row(domain, client string, numbers []string, atRunTime bool, terms Terms) adminapi.Workspace {
	row := adminapi.Workspace{Domain: domain, ClientID: client, PhoneNumberIDs: append([]string{}, numbers...), CreatedAtRunTime: atRunTime}
	row.Quota, row.ExpiresAt = terms.shown()
	return row
}

// shown are terms as an answer has them; nil is left out.
func (t *Terms) shown() (quota *adminapi.Quota, expires *time.Time) {
	if t.Quota != (adminapi.Quota{}) {
		quota = &t.Quota
	}
	if !t.Expires.IsZero() {
		expires = &t.Expires
	}
	return quota, expires
}

// getWorkspace answers GET /workspaces/{domain}.
func (a *api) getWorkspace(c *engine.Call) (engine.Reply, error) {
	if _, err := a.workspace(c); err != nil {
		return engine.Reply{}, err
	}
	w, ok := a.Mock.Workspace(c.Request.Path("domain"))
	if !ok {
		return engine.Reply{}, notFound("There is no such workspace.")
	}
	endpoints, err := a.Webhooks.Endpoints(c.HTTP.Context(), w.Domain)
	if err != nil {
		return engine.Reply{}, err
	}
	row, used := Row(w.Domain, w.Client, w.NumberIDs, w.AtRunTime, w.Terms), w.Usage()
	row.Used = &adminapi.QuotaUsage{
		Conversations: used.Conversations, Events: used.Events, Bytes: used.Bytes,
		RequestsToday: w.RequestsToday, Endpoints: len(endpoints),
	}
	return show(http.StatusOK, row)
}

// createWorkspace answers POST /workspaces.
func (a *api) createWorkspace(c *engine.Call) (engine.Reply, error) {
	if _, err := a.workspace(c); err != nil {
		return engine.Reply{}, err
	}
	body, err := decode[adminapi.NewWorkspace](c)
	if err != nil {
		return engine.Reply{}, err
	}
	if body.PhoneNumberID == "" {
		body.PhoneNumberID = "123456"
	}
	w := adminapi.CreatedWorkspace{
		Domain: body.Domain, ClientID: "client-" + strings.ToLower(rand.Text()), Secret: NewSecret(), PhoneNumberIDs: []string{body.PhoneNumberID},
	}
	var terms Terms
	if body.Quota != nil {
		terms.Quota = *body.Quota
	}
	if body.ExpiresAt != nil {
		terms.Expires = body.ExpiresAt.UTC()
	}
	if err := a.Mock.Create(w.Domain, w.ClientID, w.Secret, body.PhoneNumberID, terms); err != nil {
		return engine.Reply{}, err
	}
	made, _ := a.Mock.Workspace(w.Domain)
	w.Quota, w.ExpiresAt = made.Terms.shown()
	return show(http.StatusCreated, w)
}

// SecretPrefix lets a search for secrets find those of a mock, and shows that one is not the vendor's.
const SecretPrefix = "awal_test_"

// NewSecret makes the secret of a client.
func NewSecret() string { return SecretPrefix + rand.Text() + rand.Text() }

// deleteWorkspace answers DELETE /workspaces/{domain}.
func (a *api) deleteWorkspace(c *engine.Call) (engine.Reply, error) {
	if _, err := a.workspace(c); err != nil {
		return engine.Reply{}, err
	}
	return nothing(), a.Mock.Remove(c.Request.Path("domain"))
}

// resetWorkspace answers POST /reset.
func (a *api) resetWorkspace(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	return nothing(), a.Mock.Reset(c.HTTP.Context(), w.Domain)
}

// longestGrace bounds how long a secret from before a rotation is accepted.
const longestGrace = 365 * 24 * time.Hour

// rotateSecret answers POST /workspaces/{domain}/rotate.
func (a *api) rotateSecret(c *engine.Call) (engine.Reply, error) {
	if _, err := a.workspace(c); err != nil {
		return engine.Reply{}, err
	}
	body, err := decode[adminapi.Rotation](c)
	if err != nil {
		return engine.Reply{}, err
	}
	grace := time.Duration(0)
	if body.Grace != "" {
		if grace, err = time.ParseDuration(body.Grace); err != nil || grace < 0 || grace > longestGrace {
			return engine.Reply{}, invalid("grace", "must be from 0s to "+longestGrace.String())
		}
	}
	secret := NewSecret()
	until, err := a.Mock.Rotate(c.Request.Path("domain"), secret, grace)
	if err != nil {
		return engine.Reply{}, err
	}
	return show(http.StatusOK, adminapi.RotatedSecret{Secret: secret, StandardSecret: signature.StandardSecret(secret), OldUntil: until})
}

// getLimits answers GET /limits.
func (a *api) getLimits(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	rows := adminapi.LimitList{Data: []adminapi.Limit{}}
	if a.Limits != nil {
		for _, op := range a.Document.Operations {
			q := a.Limits.Quota(engine.Caller{Workspace: w.Domain, Client: w.Client}, op)
			rows.Data = append(rows.Data, adminapi.Limit{
				Operation: op.ID, Limit: int64(q.Limit), Remaining: int64(q.Remaining), Reset: q.Reset,
			})
		}
	}
	return show(http.StatusOK, rows)
}
