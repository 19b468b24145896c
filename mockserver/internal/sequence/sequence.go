// Package sequence puts the numbers of events into headers: the answer to a command carries the newest one of its workspace, and a
// read can ask to be answered from a state that has it.
//
// It must never know what an operation does.
package sequence

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sandbox"
)

const (
	// Header is that of an answer to a command: the number of an event, that of the command or a newer one.
	Header = "X-Mock-Sequence"
	// ifHeader is that of a read: the number of an event that the answer has to know.
	ifHeader = "X-Mock-If-Sequence"
	// patience is how long a read waits for an event.
	patience = time.Second
)

// Of makes a handler that reads wait, and one whose commands write the number. of gives the workspace of a call.
func Of(method string, handle engine.Handler, of func(*engine.Call) (*sandbox.Workspace, error)) engine.Handler {
	if method == http.MethodGet {
		return func(c *engine.Call) (engine.Reply, error) {
			if sent := c.HTTP.Header[ifHeader]; len(sent) > 0 {
				if err := await(c, sent, of); err != nil {
					return engine.Reply{}, err
				}
			}
			return handle(c)
		}
	}
	return func(c *engine.Call) (engine.Reply, error) {
		w, unknown := of(c) // a command may end its workspace: one that moves the clock beyond its expiry
		reply, err := handle(c)
		if err == nil && unknown == nil {
			Write(c, w)
		}
		return reply, err
	}
}

// Write adds the number of the workspace's newest event to the answer of a command that has succeeded.
func Write(c *engine.Call, w *sandbox.Workspace) {
	c.ReplyHeader()[Header] = []string{strconv.FormatInt(w.Head(), 10)}
}

// await waits until the workspace has the event that the caller asks for.
func await(c *engine.Call, sent []string, of func(*engine.Call) (*sandbox.Workspace, error)) error {
	seq, err := strconv.ParseInt(sent[0], 10, 64)
	if len(sent) > 1 || err != nil || seq < 1 {
		return engine.Invalid(engine.Detail{Field: ifHeader, Text: "must be the number of an event, as " + Header + " of an answer says it, once"})
	}
	w, err := of(c)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.HTTP.Context(), patience)
	defer cancel()
	head := w.Await(ctx, seq)
	if head >= seq {
		return nil
	}
	return &engine.Error{
		Status: http.StatusServiceUnavailable, Code: "service_unavailable",
		Message: fmt.Sprintf("The workspace does not have event %d yet; try again.", seq),
		Details: []engine.Detail{{Field: "sequence", Text: strconv.FormatInt(head, 10)}},
		Header:  http.Header{"Retry-After": {"1"}},
	}
}
