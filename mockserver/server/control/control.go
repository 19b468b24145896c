// Package control is the control API of the mock: the operations of control.yaml, answered by the same engine as the API
// itself, behind another guard.
//
// It never listens, and it must never know how workspaces are kept: a Mock does that.
package control

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/fault"
	"example.com/awalmock/mockserver/internal/journal"
	"example.com/awalmock/mockserver/internal/ratelimit"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/sequence"
	"example.com/awalmock/mockserver/internal/signature"
	"example.com/awalmock/mockserver/internal/spec"
	"example.com/awalmock/mockserver/internal/webhook"
)

// Prefix is the path under which the control API is served.
const Prefix = "/__admin"

// A Workspace is one of the mock's, with the key of its client.
type Workspace struct {
	*sandbox.Workspace
	Key       *signature.Key
	AtRunTime bool     // created by this API, not by a fixture
	NumberIDs []string // ids of its sending numbers
	Terms     Terms
	// RequestsToday is how many requests of the day's quota are used; 0 without one.
	RequestsToday int
}

// Terms are what a workspace is given when it is created. Expires is by its clock; zero: never.
type Terms struct {
	Quota   adminapi.Quota
	Expires time.Time
}

// A Mock keeps workspaces. Its errors are engine.Errors, or failures.
type Mock interface {
	// Workspaces are the rows of all of them, the default one first.
	Workspaces() []adminapi.Workspace
	// Workspace finds one by its domain; "" is the default one.
	Workspace(domain string) (Workspace, bool)
	// Create makes an empty workspace with one sending number.
	Create(domain, clientID, secret, number string, terms Terms) error
	Remove(domain string) error
	// Reset brings a workspace back to its fixture: state, clock, faults, rate windows.
	Reset(ctx context.Context, domain string) error
	// Order makes an order of a customer, and gives its record as JSON.
	Order(ctx context.Context, domain string, o adminapi.NewOrder) ([]byte, error)
	// Records gives what writes the records of a collection, one a line; PutRecords puts others in their place, and says how many.
	Records(domain, collection string) (func(io.Writer) error, error)
	PutRecords(ctx context.Context, domain, collection string, from io.Reader) (int, error)
	// Rotate puts another secret in force. The old one is accepted until an instant of the workspace's clock, which it gives.
	Rotate(domain, secret string, grace time.Duration) (until time.Time, err error)
}

// Options are what the control API is made of. All but Limits, Observe, Memory and the two times are needed.
type Options struct {
	Access   Access
	Mock     Mock
	Document *spec.Document // of the API
	Scheme   signature.Scheme
	Headers  engine.AuthHeaders // of a signed request
	Webhooks *webhook.Sender
	// Listeners has the events that listeners get: Webhooks, or, where several mocks have one store, another one that sends nothing.
	Listeners *webhook.Sender
	Senders   Senders                                       // nil: this mock sends all webhooks
	Client    func(*engine.Exchange) (engine.Caller, error) // lets in a client of the API by its signature
	Limits    *ratelimit.Limits                             // nil: there are none
	Faults    *fault.Faults
	Journal   *journal.Journal
	Version   string          // of the program
	Closed    <-chan struct{} // ends streams
	Check     bool            // check each answer against control.yaml before it leaves
	NewID     func() string
	Origin    func(*http.Request) string // the mock's address, as the request has it
	Now       func() time.Time
	Observe   func(*engine.Exchange)
	Memory    *engine.Memory // what strangers send

	BodyStall, ReadStall time.Duration // those of engine.Options
}

type api struct{ Options }

// New makes the control API. Its document is compiled at the first request.
func New(o Options) http.Handler {
	handler := sync.OnceValue(func() http.Handler { return newEngine(o) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler().ServeHTTP(w, r) })
}

func newEngine(o Options) *engine.Engine {
	a := &api{o}
	return engine.New(engine.Options{
		Document: document(), Guard: &door{o.Access, o.Headers, o.Client}, Vendor: engine.Vendor{Headers: o.Headers}, Handlers: a.sequenced(), Fallback: missing, Make: notMade,
		Hint:   Prefix + "/openapi.yaml lists what there is.",
		Strict: true, Check: o.Check, NewID: o.NewID, Now: o.Now, Observe: o.Observe,
		Memory: o.Memory, BodyStall: o.BodyStall, ReadStall: o.ReadStall,
		Operations: map[string]engine.OperationSettings{
			"putEvents":  {BodyLimit: eventsLimit, Stream: true},
			"putRecords": {BodyLimit: eventsLimit, Stream: true},
			// A large body takes a few times its size.
			"signRequest": {BodyLimit: signLimit, AdmitFirst: true, LargeAtOnce: 2},
		},
	})
}

// handlers is the one table from operationId to handler.
func (a *api) handlers() map[string]engine.Handler {
	return map[string]engine.Handler{
		"getControlDocument": a.getControlDocument,
		"listWorkspaces":     a.listWorkspaces,
		"createWorkspace":    a.createWorkspace,
		"getWorkspace":       a.getWorkspace,
		"deleteWorkspace":    a.deleteWorkspace,
		"resetWorkspace":     a.resetWorkspace,
		"rotateSecret":       a.rotateSecret,
		"getEvents":          a.getEvents,
		"putEvents":          a.putEvents,
		"getLimits":          a.getLimits,
		"signRequest":        a.signRequest,
		"findConversations":  a.findConversations,
		"getConversation":    a.getConversation,
		"getMessages":        a.getMessages,
		"createConversation": a.createConversation,
		"changeConversation": a.changeConversation,
		"createOrder":        a.createOrder,
		"getRecords":         a.getRecords,
		"putRecords":         a.putRecords,
		"receiveMessage":     a.receiveMessage,
		"forceMessageStatus": a.forceMessageStatus,
		"getClock":           a.getClock,
		"setClock":           a.setClock,
		"getFaults":          a.getFaults,
		"setFaults":          a.setFaults,
		"listRequests":       a.listRequests,
		"clearRequests":      a.clearRequests,
		"getRequest":         a.getRequest,
		"streamRequests":     a.streamRequests,
		"streamChanges":      a.streamChanges,
		"getWebhooks":        a.getWebhooks,
		"putWebhooks":        a.putWebhooks,
		"createWebhook":      a.createWebhook,
		"changeWebhook":      a.changeWebhook,
		"deleteWebhook":      a.deleteWebhook,
		"triggerWebhook":     a.triggerWebhook,
		"streamWebhooks":     a.streamWebhooks,
		"listDeliveries":     a.listDeliveries,
		"resendDelivery":     a.resendDelivery,
		"resendDeliveries":   a.resendDeliveries,
	}
}

// sequenced are the handlers. Those that change a workspace write the number of its newest event, and reads can wait for one.
func (a *api) sequenced() map[string]engine.Handler {
	handlers := a.handlers()
	if a.Senders != nil {
		for _, id := range aboutWebhooks {
			handlers[id] = a.atSender(handlers[id])
		}
	}
	for _, op := range document().Operations {
		if op.Method == http.MethodGet || commands[op.ID] {
			handlers[op.ID] = sequence.Of(op.Method, handlers[op.ID], a.ofCall)
		}
	}
	return handlers
}

// commands are the operations that append to the events of the workspace which the query names.
var commands = map[string]bool{
	"resetWorkspace": true, "createConversation": true, "changeConversation": true, "receiveMessage": true, "forceMessageStatus": true, "setClock": true,
}

func (a *api) ofCall(c *engine.Call) (*sandbox.Workspace, error) {
	w, err := a.workspace(c)
	return w.Workspace, err
}

func missing(c *engine.Call) (engine.Reply, error) {
	return engine.Reply{}, fmt.Errorf("operation %s of control.yaml has no handler", c.Request.Operation.ID)
}

// notMade refuses the header Prefer: nothing here is made up.
func notMade(*spec.Operation, *spec.Response, *spec.Media, string) ([]byte, error) {
	return nil, engine.Invalid(engine.Detail{Field: "Prefer", Text: "is for requests of the API, not of its control"})
}

func (a *api) getControlDocument(c *engine.Call) (engine.Reply, error) {
	if _, err := a.workspace(c); err != nil {
		return engine.Reply{}, err
	}
	text, _ := document().Served(a.Origin(c.HTTP) + Prefix)
	return engine.Reply{ContentType: "application/yaml", Body: text}, nil
}

// workspace is the one that the request is about.
func (a *api) workspace(c *engine.Call) (Workspace, error) {
	domain, _ := c.Request.Query("workspace")
	if w, ok := a.Mock.Workspace(domain); ok {
		return w, nil
	}
	return Workspace{}, notFound("There is no such workspace.")
}

func notFound(text string) error {
	return &engine.Error{Status: http.StatusNotFound, Code: "resource_not_found", Message: text}
}

func invalid(field, text string) error {
	return engine.Invalid(engine.Detail{Field: field, Text: text})
}

// decode reads the checked body. What the schema lets through fits T.
func decode[T any](c *engine.Call) (body T, err error) {
	text, err := json.Marshal(c.Request.Body())
	if err == nil {
		err = json.Unmarshal(text, &body)
	}
	return body, err
}

func show(status int, value any) (engine.Reply, error) {
	body, err := json.Marshal(value)
	return engine.Reply{Status: status, Body: body}, err
}

func nothing() engine.Reply { return engine.Reply{Status: http.StatusNoContent} }
