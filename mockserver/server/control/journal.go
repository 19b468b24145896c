package control

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/journal"
	"example.com/awalmock/mockserver/internal/spec"
	"example.com/awalmock/mockserver/internal/sse"
)

// exchange shows an entry; without messages its headers and bodies are empty.
func (a *api) exchange(e *journal.Entry, messages bool) adminapi.Exchange {
	e = a.Journal.Masked(e, messages)
	x := adminapi.Exchange{
		Sequence: e.Sequence, ID: e.ID, Time: e.Started.UTC(), DurationMS: float64(e.Duration) / float64(time.Millisecond),
		Workspace: e.Workspace, Operation: e.Operation, Verdict: e.Verdict, Fault: adminapi.FaultKind(e.Fault),
		Request: adminapi.ExchangeRequest{
			Method: e.Method, Target: e.Target, Headers: e.Request.Header(), Body: string(e.Request.Body), BodyBytes: e.Request.Bytes,
		},
		Response:   adminapi.ExchangeResponse{Status: e.Status, Headers: e.Reply.Header(), Body: string(e.Reply.Body), BodyBytes: e.Reply.Bytes},
		Violations: make([]adminapi.Violation, len(e.Violations)),
	}
	for i, v := range e.Violations {
		x.Violations[i] = a.violation(v)
	}
	if e.Refusal != nil {
		x.Refusal = refusal(e.Refusal)
	}
	if s := e.Signature; s != nil {
		x.Signature = &adminapi.RefusedSignature{ToSign: s.ToSign, Signed: s.Signed, Hint: s.Hint}
	}
	if !messages {
		x.Request.Headers, x.Response.Headers = http.Header{}, http.Header{}
	}
	return x
}

func refusal(e *engine.Error) *adminapi.Refusal {
	shown := &adminapi.Refusal{Message: e.Message, Details: make(map[string]string, len(e.Details))}
	for _, d := range e.Details {
		shown.Details[d.Field] = d.Text
	}
	return shown
}

// wantsMessages reports whether headers and bodies are asked for.
func wantsMessages(c *engine.Call) bool {
	value, _ := c.Request.Query("messages")
	return value != "false"
}

func (a *api) violation(v spec.Violation) adminapi.Violation {
	return adminapi.Violation{Field: v.Field, In: v.In, Rule: v.Rule, Text: v.Text, Pointer: v.Pointer, Line: a.Document.Line(v.Pointer)}
}

// listRequests answers GET /requests.
func (a *api) listRequests(c *engine.Call) (engine.Reply, error) {
	workspace, _ := c.Request.Query("workspace")
	entries, messages := a.Journal.Entries(workspace), wantsMessages(c)
	return engine.Reply{Stream: func(w io.Writer) error { return a.writeEntries(w, entries, messages) }}, nil
}

// writeEntries writes one after the other: as JSON they can be many times as large as they are kept.
func (a *api) writeEntries(w io.Writer, entries []*journal.Entry, messages bool) error {
	before := `{"data":[`
	for _, e := range entries {
		text, err := json.Marshal(a.exchange(e, messages))
		if err == nil {
			_, err = w.Write(append([]byte(before), text...))
		}
		if err != nil {
			return err
		}
		before = ","
	}
	end := "]}"
	if len(entries) == 0 {
		end = before + end
	}
	_, err := io.WriteString(w, end)
	return err
}

// clearRequests answers DELETE /requests.
func (a *api) clearRequests(c *engine.Call) (engine.Reply, error) {
	workspace, _ := c.Request.Query("workspace")
	a.Journal.Clear(workspace)
	return nothing(), nil
}

// getRequest answers GET /requests/{id}.
func (a *api) getRequest(c *engine.Call) (engine.Reply, error) {
	workspace, _ := c.Request.Query("workspace")
	entries := a.Journal.Entries(workspace)
	i := slices.IndexFunc(entries, func(e *journal.Entry) bool { return e.ID == c.Request.Path("id") })
	if i < 0 {
		return engine.Reply{}, notFound("The journal has no such request, or no longer.")
	}
	return show(http.StatusOK, a.exchange(entries[i], true))
}

// errSlow ends the stream of a reader that the journal has overtaken.
var errSlow = errors.New("the reader was too slow: exchanges have left the journal unread")

// streamRequests answers GET /requests/stream.
func (a *api) streamRequests(c *engine.Call) (engine.Reply, error) {
	workspace, _ := c.Request.Query("workspace")
	messages := wantsMessages(c)
	seen := a.Journal.Last()
	if text := c.HTTP.Header.Get("Last-Event-ID"); text != "" {
		last, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return engine.Reply{}, invalid("Last-Event-ID", "must be the sequence of an exchange")
		}
		seen = a.Journal.Since(last)
	}
	return a.stream(c, "the journal", func() {}, func() (sse.Batch, error) {
		for {
			entries, grown, whole := a.Journal.After(seen)
			if !whole {
				return sse.Batch{}, errSlow
			}
			b := sse.Batch{More: grown}
			for _, e := range entries {
				seen = e.Sequence
				if workspace == "" || e.Workspace == workspace {
					b.Events = append(b.Events, sse.Event{Name: "request", ID: strconv.FormatInt(e.Sequence, 10), Data: a.exchange(e, messages)})
				}
			}
			if len(b.Events) > 0 || len(entries) == 0 {
				return b, nil
			}
		}
	}), nil
}

// stream is an answer of server-sent events. It ends when the mock stops, too; done is called at its end.
func (a *api) stream(c *engine.Call, opening string, done func(), next func() (sse.Batch, error)) engine.Reply {
	return engine.Reply{
		ContentType: "text/event-stream", Header: http.Header{"Cache-Control": {"no-store"}},
		Stream: func(w io.Writer) error {
			defer done()
			return sse.Stream(c.HTTP.Context(), a.Closed, w, opening, next)
		},
	}
}
