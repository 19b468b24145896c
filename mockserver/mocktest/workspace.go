package mocktest

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"example.com/awalmock/mockserver/adminapi"
)

// A Workspace drives one workspace through the control API. It holds nothing: a workspace that is created or removed later
// is found, or is ErrNotFound.
type Workspace struct {
	mock   *Mock
	domain string // "": the default one
}

// Workspace is the workspace of a domain; "" is the default one.
func (m *Mock) Workspace(domain string) Workspace { return Workspace{m, domain} }

// CreateWorkspace makes an empty workspace. Only m.Workspaces gives its secret again.
func (m *Mock) CreateWorkspace(ctx context.Context, w adminapi.NewWorkspace) (adminapi.CreatedWorkspace, error) {
	return ask[adminapi.CreatedWorkspace](ctx, m, call{method: http.MethodPost, path: "/workspaces"}, w)
}

// ListWorkspaces lists the workspaces without their secrets, the default one first.
func (m *Mock) ListWorkspaces(ctx context.Context) ([]adminapi.Workspace, error) {
	answer, err := ask[adminapi.WorkspaceList](ctx, m, call{method: http.MethodGet, path: "/workspaces"}, nil)
	return answer.Data, err
}

// Describe is the workspace without its secret, and how much of its quota is used.
func (w Workspace) Describe(ctx context.Context) (adminapi.Workspace, error) {
	return ask[adminapi.Workspace](ctx, w.mock, call{method: http.MethodGet, path: "/workspaces/" + url.PathEscape(w.name())}, nil)
}

// name is the workspace's domain.
func (w Workspace) name() string {
	if w.domain == "" {
		return w.mock.Workspaces()[0].Domain
	}
	return w.domain
}

// DeleteWorkspace removes a workspace; the default one stays (ErrConflict).
func (m *Mock) DeleteWorkspace(ctx context.Context, domain string) error {
	return m.perform(ctx, call{method: http.MethodDelete, path: "/workspaces/" + url.PathEscape(domain)})
}

// ControlDocument is the OpenAPI document of the control API.
func (m *Mock) ControlDocument(ctx context.Context) ([]byte, error) {
	response, err := m.send(ctx, call{method: http.MethodGet, path: "/openapi.yaml"})
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return io.ReadAll(response.Body)
}

func (w Workspace) call(method, path string) call {
	c := call{method: method, path: path}
	if w.domain != "" {
		c.query = url.Values{"workspace": {w.domain}}
	}
	return c
}

// Reset brings the workspace back to its fixture: state, clock, faults and rate windows. The journal stays.
func (w Workspace) Reset(ctx context.Context) error {
	return w.mock.perform(ctx, w.call(http.MethodPost, "/reset"))
}

// Events writes the workspace as its list of events: put into another mock of the same seed, fixtures and kind of clock,
// they make the same workspace.
func (w Workspace) Events(ctx context.Context, to io.Writer) error {
	response, err := w.mock.send(ctx, w.call(http.MethodGet, "/events"))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.Copy(to, response.Body)
	return err
}

// PutEvents makes the workspace what a list of events says, which has to be of a workspace of this name. After an error
// nothing has changed.
func (w Workspace) PutEvents(ctx context.Context, from io.Reader) (adminapi.ReplacedWorkspace, error) {
	c := w.call(http.MethodPut, "/events")
	c.header, c.body = http.Header{"Content-Type": {"application/x-ndjson"}}, from
	return ask[adminapi.ReplacedWorkspace](ctx, w.mock, c, nil)
}

// Limits are what is left of each rate limit; none with --rate-limit=off.
func (w Workspace) Limits(ctx context.Context) ([]adminapi.Limit, error) {
	answer, err := ask[adminapi.LimitList](ctx, w.mock, w.call(http.MethodGet, "/limits"), nil)
	return answer.Data, err
}

// Sign makes the headers that a request of the API has to carry.
func (w Workspace) Sign(ctx context.Context, r adminapi.RequestToSign) (http.Header, error) {
	answer, err := ask[adminapi.SignedHeaders](ctx, w.mock, w.call(http.MethodPost, "/sign"), r)
	headers := http.Header{}
	for name, value := range answer.Headers {
		headers.Set(name, value)
	}
	return headers, err
}

// CreateConversation makes a conversation without messages.
func (w Workspace) CreateConversation(ctx context.Context, c adminapi.NewConversation) (adminapi.Conversation, error) {
	return ask[adminapi.Conversation](ctx, w.mock, w.call(http.MethodPost, "/conversations"), c)
}

// Conversation is a conversation without its messages.
func (w Workspace) Conversation(ctx context.Context, id int64) (adminapi.Conversation, error) {
	return ask[adminapi.Conversation](ctx, w.mock, w.call(http.MethodGet, "/conversations/"+strconv.FormatInt(id, 10)), nil)
}

// FindConversations is a part of the conversation list, with counts by status. The parameters are those of control.yaml.
func (w Workspace) FindConversations(ctx context.Context, parameters url.Values) (adminapi.ConversationPage, error) {
	c := w.call(http.MethodGet, "/conversations")
	c.query = with(c.query, parameters)
	return ask[adminapi.ConversationPage](ctx, w.mock, c, nil)
}

// Messages is a part of a conversation's messages, oldest first; the newest ones if the parameters, which are those of control.yaml, do not say which.
func (w Workspace) Messages(ctx context.Context, conversation int64, parameters url.Values) (adminapi.MessagePage, error) {
	c := w.call(http.MethodGet, "/conversations/"+strconv.FormatInt(conversation, 10)+"/messages")
	c.query = with(c.query, parameters)
	return ask[adminapi.MessagePage](ctx, w.mock, c, nil)
}

// with is a query and further parameters.
func with(query, more url.Values) url.Values {
	all := url.Values{}
	maps.Copy(all, query)
	maps.Copy(all, more)
	return all
}

// ChangeConversation sets what is given: assignee, bot, closed, unread count.
func (w Workspace) ChangeConversation(ctx context.Context, id int64, c adminapi.ConversationChange) (adminapi.Conversation, error) {
	return ask[adminapi.Conversation](ctx, w.mock, w.call(http.MethodPatch, "/conversations/"+strconv.FormatInt(id, 10)), c)
}

// Receive is a message from the customer of a conversation.
func (w Workspace) Receive(ctx context.Context, conversation int64, m adminapi.NewMessage) (adminapi.Message, error) {
	return ask[adminapi.Message](ctx, w.mock, w.call(http.MethodPost, "/conversations/"+strconv.FormatInt(conversation, 10)+"/messages"), m)
}

// ForceStatus moves a sent message to a status; never backward (ErrConflict).
func (w Workspace) ForceStatus(ctx context.Context, message int64, status adminapi.ForcedStatus) (adminapi.Message, error) {
	return ask[adminapi.Message](ctx, w.mock, w.call(http.MethodPatch, "/messages/"+strconv.FormatInt(message, 10)), adminapi.MessageChange{Status: status})
}

// Clock is the workspace's time.
func (w Workspace) Clock(ctx context.Context) (adminapi.Clock, error) {
	return ask[adminapi.Clock](ctx, w.mock, w.call(http.MethodGet, "/clock"), nil)
}

// Advance moves the clock on, by whole seconds; what becomes due happens in the order of time.
func (w Workspace) Advance(ctx context.Context, d time.Duration) (adminapi.Clock, error) {
	return w.changeClock(ctx, adminapi.ClockChange{Advance: d.String()})
}

// SetClock stops the clock at an instant; never backward (ErrConflict).
func (w Workspace) SetClock(ctx context.Context, at time.Time) (adminapi.Clock, error) {
	return w.changeClock(ctx, adminapi.ClockChange{Set: new(at.Format(time.RFC3339Nano))})
}

// RunClock lets the clock run on from the instant that it shows, or stops it.
func (w Workspace) RunClock(ctx context.Context, run bool) (adminapi.Clock, error) {
	return w.changeClock(ctx, adminapi.ClockChange{Run: &run})
}

func (w Workspace) changeClock(ctx context.Context, c adminapi.ClockChange) (adminapi.Clock, error) {
	return ask[adminapi.Clock](ctx, w.mock, w.call(http.MethodPost, "/clock"), c)
}

// Faults are the workspace's faults, with how often each has been applied.
func (w Workspace) Faults(ctx context.Context) ([]adminapi.FaultState, error) {
	answer, err := ask[adminapi.Faults](ctx, w.mock, w.call(http.MethodGet, "/faults"), nil)
	return answer.Rules, err
}

// SetFaults sets the faults in the place of those that the workspace has; none removes all.
func (w Workspace) SetFaults(ctx context.Context, rules ...FaultRule) ([]adminapi.FaultState, error) {
	body := adminapi.FaultRules{Rules: []adminapi.FaultRule{}}
	for _, r := range rules {
		body.Rules = append(body.Rules, r.wire())
	}
	answer, err := ask[adminapi.Faults](ctx, w.mock, w.call(http.MethodPut, "/faults"), body)
	return answer.Rules, err
}

// A FaultRule makes answers go wrong on purpose. Exactly one of Status, Latency, Abort and Malformed is set; the rest has
// defaults: every operation, always, without end.
type FaultRule struct {
	Operation   string  // operationId, such as listConversations
	Probability float64 // that it applies, 0 to 1; 0 means 1
	Times       int     // how often it is applied at most
	Status      int     // an error with this status
	Latency     time.Duration
	Abort       bool // the connection ends without an answer
	Malformed   bool // the JSON of a success breaks off in the middle
}

func (r FaultRule) wire() adminapi.FaultRule {
	rule := adminapi.FaultRule{Operation: r.Operation, Times: r.Times, Status: r.Status, Abort: r.Abort, Malformed: r.Malformed}
	if r.Probability != 0 {
		rule.Probability = &r.Probability
	}
	if r.Latency != 0 {
		rule.Latency = r.Latency.String()
	}
	return rule
}
