package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"example.com/awalmock"
	"example.com/awalmock/fixtures"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/fake"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/seed"
	"example.com/awalmock/mockserver/internal/signature"
	"example.com/awalmock/mockserver/internal/spec"
	"example.com/awalmock/mockserver/internal/view"
)

// unchecked is the mock's list with every layer off but two: it checks the signature and writes the same rows by the same
// code. No request is matched or checked against the document (the query is taken as known), nothing is counted, and no
// header beside Content-Type and Content-Length is written. It is the most that the strict layer could ever be worth; the
// mock itself has no such switch.
type unchecked struct {
	guard     engine.Guard
	exchange  func(*http.Request) *engine.Exchange
	workspace *sandbox.Workspace
	view      *view.View
	buffers   sync.Pool
}

func runUnchecked(stdin io.Reader, stdout io.Writer) error {
	h, err := newUnchecked()
	if err != nil {
		return err
	}
	return serveHere(stdout, stdin, h)
}

func newUnchecked() (*unchecked, error) {
	document, err := spec.Load("openapi.yaml", []byte(awalmock.OpenAPI()))
	if err != nil {
		return nil, err
	}
	set, err := seed.LoadDir(fixtures.Files(), fixtures.Files())
	if err != nil {
		return nil, err
	}
	const seeded = 1
	f, now := set.Workspaces[0], time.Now()
	h := &unchecked{exchange: engine.Exchanges(vendor(), document.Operation("listConversations"), time.Now)}
	h.buffers.New = func() any { return new(bytes.Buffer) }
	h.view = view.New(document, func(s *spec.Schema, kind string, id int64, property string) (any, error) {
		return fake.Value(set.Tables, s, fake.Key{Seed: seeded, Workspace: f.Workspace, Kind: kind, ID: id, Property: property, Base: now})
	})
	h.workspace, err = sandbox.New(context.Background(), sandbox.Options{
		Domain: f.Workspace, Client: f.ClientID, Machine: time.Now, Store: sandbox.NewMemoryStore(), LeftOut: func(error) {},
		Populate: func(start time.Time) (sandbox.Population, error) { return f.Populate(seeded, start) },
	}, sandbox.RunningClock(now, now))
	client := engine.Client{Workspace: f.Workspace, ID: f.ClientID, Key: signature.NewKey(f.Secret)}
	h.guard = &engine.Signed{
		Scheme: signature.Scheme{BasePath: document.BasePath}, Decoy: client.Key, MissingStatus: http.StatusUnauthorized,
		Clients: func(name string) (engine.Client, bool) { return client, name == client.Workspace },
		MaxSkew: 5 * time.Minute,
	}
	return h, err
}

// vendor has the headers of a signed request, as the mock's own.
func vendor() engine.Vendor {
	return engine.Vendor{Headers: engine.AuthHeaders{
		Signature: "X-Awal-Signature-256", Timestamp: "X-Timestamp", Workspace: "X-Domain", Client: "X-Client-ID",
	}}
}

// ServeHTTP answers every request as the list of status=opened.
func (h *unchecked) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, err := h.guard.Admit(h.exchange(r)); err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	listing, err := h.workspace.Conversations(sandbox.Query{Number: number, Status: sandbox.StatusOpened})
	body := h.buffers.Get().(*bytes.Buffer)
	defer h.buffers.Put(body)
	body.Reset()
	if err == nil {
		err = h.view.WriteList(body, listing)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header()["Content-Type"] = []string{"application/json; charset=utf-8"}
	w.Header()["Content-Length"] = []string{strconv.Itoa(body.Len())}
	_, _ = w.Write(body.Bytes()) // a client that has gone needs no answer
}
