package control

import (
	"crypto/rand"
	"net/http"
	"strings"

	"example.com/awalmock/mockserver/internal/engine"
)

type list[T any] struct {
	Data []T `json:"data"`
}

type workspaceRow struct {
	Domain    string   `json:"domain"`
	ClientID  string   `json:"client_id"`
	Numbers   []string `json:"phone_number_ids"`
	AtRunTime bool     `json:"created_at_run_time"`
}

// listWorkspaces answers GET /workspaces.
func (a *api) listWorkspaces(c *engine.Call) (engine.Reply, error) {
	if _, err := a.workspace(c); err != nil {
		return engine.Reply{}, err
	}
	rows := list[workspaceRow]{Data: []workspaceRow{}}
	for _, w := range a.Mock.Workspaces() {
		row := workspaceRow{Domain: w.Domain, ClientID: w.Client, Numbers: []string{}, AtRunTime: w.AtRunTime}
		for _, n := range w.Numbers() {
			row.Numbers = append(row.Numbers, n.ID)
		}
		rows.Data = append(rows.Data, row)
	}
	return show(http.StatusOK, rows)
}

type createdWorkspace struct {
	Domain   string   `json:"domain"`
	ClientID string   `json:"client_id"`
	Secret   string   `json:"secret"`
	Numbers  []string `json:"phone_number_ids"`
}

// createWorkspace answers POST /workspaces.
func (a *api) createWorkspace(c *engine.Call) (engine.Reply, error) {
	if _, err := a.workspace(c); err != nil {
		return engine.Reply{}, err
	}
	body, err := decode[struct {
		Domain string `json:"domain"`
		Number string `json:"phone_number_id"`
	}](c)
	if err != nil {
		return engine.Reply{}, err
	}
	if body.Number == "" {
		body.Number = "123456"
	}
	w := createdWorkspace{
		Domain: body.Domain, ClientID: "client-" + strings.ToLower(rand.Text()), Secret: rand.Text() + rand.Text(), Numbers: []string{body.Number},
	}
	if err := a.Mock.Create(w.Domain, w.ClientID, w.Secret, body.Number); err != nil {
		return engine.Reply{}, err
	}
	return show(http.StatusCreated, w)
}

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

type limitRow struct {
	Operation string `json:"operation"`
	Limit     int    `json:"limit"`
	Remaining int    `json:"remaining"`
	Reset     int64  `json:"reset"`
}

// getLimits answers GET /limits.
func (a *api) getLimits(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	rows := list[limitRow]{Data: []limitRow{}}
	if a.Limits != nil {
		for _, op := range a.Document.Operations {
			q := a.Limits.Quota(engine.Caller{Workspace: w.Domain, Client: w.Client}, op)
			rows.Data = append(rows.Data, limitRow{op.ID, q.Limit, q.Remaining, q.Reset})
		}
	}
	return show(http.StatusOK, rows)
}
