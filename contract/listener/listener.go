package listener

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"syscall"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
)

const (
	bodyRead   = 4 << 20 // bytes of a webhook that are read
	headTime   = 10 * time.Second
	bodyTime   = 30 * time.Second
	closeAfter = 90 * time.Second // an idle connection
)

// A Note makes an exchange of what came: at is the address as the sender knows it, status what it was answered.
type Note func(r *http.Request, at string, body []byte, status int) *exchange.Exchange

// A Listener is an HTTP server with an inbox for each address that a spec wants to register. It is safe for concurrent use.
type Listener struct {
	base   *url.URL // as the sender reaches it, without a trailing slash
	socket net.Listener
	server *http.Server
	note   Note

	mu      sync.Mutex
	inboxes map[string]*Inbox // by the last part of the path
	rest    *Inbox            // for every other address
}

// Listen listens at an address such as 127.0.0.1:4499. base is where the sender reaches that; empty: at the address itself. The error says what is
// wrong with the address.
func Listen(ctx context.Context, address, base string, note Note) (*Listener, error) {
	var config net.ListenConfig
	socket, err := config.Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("another program listens at %s: end it, or give another address", address)
	}
	if err != nil {
		return nil, fmt.Errorf("it cannot be listened at %q: %w", address, err)
	}
	if base == "" {
		base = "http://" + socket.Addr().String()
	}
	at, err := url.Parse(strings.TrimRight(base, "/"))
	if err != nil {
		_ = socket.Close()
		return nil, err
	}
	l := &Listener{base: at, socket: socket, note: note, inboxes: map[string]*Inbox{}}
	l.rest = newInbox(at.String())
	l.server = &http.Server{Handler: l, ReadHeaderTimeout: headTime, ReadTimeout: bodyTime, IdleTimeout: closeAfter}
	go func() { _ = l.server.Serve(socket) }() // it ends with Close
	return l, nil
}

// Close ends the listener and all of its connections.
func (l *Listener) Close() { _ = l.server.Close() }

// Address is where it listens.
func (l *Listener) Address() string { return l.socket.Addr().String() }

// Registered is the inbox of the address that is registered at the sender: the base URL, and all below it that is no other inbox.
func (l *Listener) Registered() *Inbox { return l.rest }

// Inbox makes an inbox with an address of its own, which ends in the name.
func (l *Listener) Inbox(name string) *Inbox {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := newInbox(l.base.JoinPath(name).String())
	l.inboxes[name] = b
	return b
}

// Deaf reports whether nothing has come to any inbox.
func (l *Listener) Deaf() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, b := range l.inboxes {
		if len(b.Came()) > 0 {
			return false
		}
	}
	return len(l.rest.Came()) == 0
}

// ServeHTTP keeps a webhook in its inbox and answers it.
func (l *Listener) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, bodyRead+1))
	if err != nil {
		return // the sender will try again: nothing whole has come
	}
	l.mu.Lock()
	inbox := l.inboxes[path.Base(r.URL.Path)]
	l.mu.Unlock()
	if inbox == nil {
		inbox = l.rest
	}
	status, answer := http.StatusRequestEntityTooLarge, []byte(nil)
	if len(body) <= bodyRead {
		status, answer = inbox.take(func(status int) *exchange.Exchange { return l.note(r, inbox.url, body, status) })
	}
	if answer != nil {
		out.Header().Set("Content-Type", exchange.MediaJSON)
	}
	out.WriteHeader(status)
	_, _ = out.Write(answer)
}

// challengeIn is the challenge of a body; false if it is no check of an address.
func challengeIn(e *exchange.Exchange) (string, bool) {
	if e.Object()["type"] != document.Verification {
		return "", false
	}
	text, _ := e.Object()["challenge"].(string)
	return text, true
}

func encode(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil // only texts are encoded
	}
	return raw
}
