package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"example.com/awalmock/mockserver/internal/webhook"
	"example.com/awalmock/mockserver/server/control"
)

const (
	// callsEvery is how often a mock looks for requests of other mocks about the webhooks that it sends.
	callsEvery = 50 * time.Millisecond
	// callPatience is how long it waits for the answer to such a request of its own.
	callPatience = 15 * time.Second
)

// A callRequest is a request about the webhooks of a workspace, on its way to the mock that sends them; a callAnswer its answer.
type callRequest struct {
	Begin       string `json:",omitempty"` // the workspace that has a listener now; then there is nothing else
	Method, URL string
	Header      http.Header
	Body        []byte
}

type callAnswer struct {
	Status int
	Header http.Header
	Body   []byte
}

type forwarded struct{}

// Elsewhere implements control.Senders.
func (n *senders) Elsewhere(r *http.Request, body []byte, domain string) (answer control.Answer, here bool, err error) {
	ctx, cancel := context.WithTimeout(r.Context(), callPatience)
	defer cancel()
	owner, err := n.claim(ctx, domain)
	if err == nil && owner != "" {
		answer, err = n.ask(ctx, r, body, owner)
	}
	if err != nil {
		n.s.options.Logger.Error("the mock that sends the webhooks of a workspace cannot be asked", "workspace", domain, "reason", err)
	}
	return answer, owner == "", err
}

// ask gives a request to another mock.
func (n *senders) ask(ctx context.Context, r *http.Request, body []byte, owner string) (answer control.Answer, err error) {
	if r.Context().Value(forwarded{}) != nil {
		return answer, errors.New("another mock sends them now")
	}
	header := http.Header{}
	for _, name := range []string{"Authorization", "Content-Type", "Accept"} {
		if values := r.Header[name]; values != nil {
			header[name] = values
		}
	}
	got, err := n.call(ctx, owner, &callRequest{Method: r.Method, URL: r.URL.RequestURI(), Header: header, Body: body})
	return control.Answer(got), err
}

// call sends a request to another mock, and waits for its answer.
func (n *senders) call(ctx context.Context, to string, request *callRequest) (got callAnswer, err error) {
	text, err := json.Marshal(request)
	if err == nil {
		text, err = n.s.options.Store.Call(ctx, to, text)
	}
	if err == nil {
		err = json.Unmarshal(text, &got)
	}
	return got, err
}

// Begin implements control.Senders.
func (n *senders) Begin(ctx context.Context, domain string) {
	ctx, cancel := context.WithTimeout(ctx, callPatience)
	defer cancel()
	owner, err := n.beginHere(ctx, domain)
	if err == nil && owner != "" {
		_, err = n.call(ctx, owner, &callRequest{Begin: domain})
	}
	if err != nil && ctx.Err() == nil {
		n.s.options.Logger.Warn("what a listener hears cannot be sent again by hand yet", "workspace", domain, "reason", err)
	}
}

// beginHere is Begin, unless another mock sends the webhooks of the workspace: owner.
func (n *senders) beginHere(ctx context.Context, domain string) (owner string, err error) {
	if owner, err = n.claim(ctx, domain); err == nil && owner == "" {
		err = n.s.webhooks.Begin(ctx, domain)
	}
	return owner, err
}

// relayWithin is how long it may take to relay something to the other mocks.
const relayWithin = 5 * time.Second

// relay gives the listeners of all mocks what was triggered, or is sent again, here.
func (n *senders) relay(ctx context.Context, domain string, entries []webhook.Entry) {
	n.s.listeners.ReceiveRelayed(domain, entries)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), relayWithin)
	defer cancel()
	text, err := json.Marshal(entries)
	if err == nil {
		err = n.s.options.Store.Relay(ctx, domain, text)
	}
	if err != nil {
		n.s.options.Logger.Warn("listeners at other mocks do not get what was triggered or sent again", "workspace", domain, "reason", err)
	}
}

// receive gives the listeners of this mock what other mocks have relayed.
func (n *senders) receive(domain string, message []byte) {
	var entries []webhook.Entry
	if err := json.Unmarshal(message, &entries); err != nil {
		n.s.options.Logger.Warn("what another mock relayed to listeners cannot be read", "workspace", domain, "reason", err)
		return
	}
	n.s.listeners.ReceiveRelayed(domain, entries)
}

// answer answers the requests of other mocks about the webhooks that this one sends, and receives what they relay.
func (n *senders) answer(ctx context.Context) {
	tick := time.NewTicker(callsEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		_ = n.s.options.Store.AnswerCalls(ctx, func(request []byte) []byte { return n.answerOne(ctx, request) }) // it is tried again
		_ = n.s.options.Store.ReceiveRelayed(ctx, n.receive)                                                     // it is tried again
	}
}

func (n *senders) answerOne(ctx context.Context, request []byte) []byte {
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, forwarded{}, true), callPatience)
	defer cancel()
	got := &recorder{header: http.Header{}, status: http.StatusOK}
	var asked callRequest
	err := json.Unmarshal(request, &asked)
	switch {
	case err != nil:
	case asked.Begin != "":
		_, err = n.beginHere(ctx, asked.Begin)
	default:
		var r *http.Request
		if r, err = http.NewRequestWithContext(ctx, asked.Method, asked.URL, bytes.NewReader(asked.Body)); err == nil {
			r.Header, r.Host, r.RequestURI = asked.Header, "localhost", asked.URL
			n.s.ServeHTTP(got, r)
		}
	}
	if err != nil {
		got.status = http.StatusInternalServerError
	}
	text, _ := json.Marshal(callAnswer{got.status, got.header, got.body.Bytes()}) // it always has a form
	return text
}

// A recorder keeps an answer.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) { r.status = status }

func (r *recorder) Write(p []byte) (int, error) { return r.body.Write(p) }
