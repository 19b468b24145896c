package control

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/feed"
	"example.com/awalmock/mockserver/internal/spec"
)

type exchange struct {
	Sequence   int64       `json:"sequence"`
	ID         string      `json:"id"`
	Time       time.Time   `json:"time"`
	Duration   float64     `json:"duration_ms"`
	Workspace  string      `json:"workspace"`
	Operation  string      `json:"operation"`
	Request    request     `json:"request"`
	Response   response    `json:"response"`
	Verdict    string      `json:"verdict"`
	Fault      string      `json:"fault,omitempty"`
	Violations []violation `json:"violations"`
}

type request struct {
	Method string `json:"method"`
	Target string `json:"target"`
	content
}

type response struct {
	Status int `json:"status"`
	content
}

type content struct {
	Headers map[string][]string `json:"headers"`
	Body    string              `json:"body"`
	Bytes   int64               `json:"body_bytes"`
}

type violation struct {
	Field   string `json:"field"`
	In      string `json:"in"`
	Rule    string `json:"rule"`
	Text    string `json:"text"`
	Pointer string `json:"pointer"`
	Line    int    `json:"line,omitempty"`
}

func (a *api) exchange(e *engine.Entry) exchange {
	e = e.Masked(a.Secrets)
	x := exchange{
		Sequence: e.Sequence, ID: e.ID, Time: e.Started.UTC(), Duration: float64(e.Duration) / float64(time.Millisecond),
		Workspace: e.Workspace, Operation: e.Operation, Verdict: e.Verdict, Fault: e.Fault,
		Request:    request{e.Method, e.Target, shown(&e.Request)},
		Response:   response{e.Status, shown(&e.Reply)},
		Violations: make([]violation, len(e.Violations)),
	}
	for i, v := range e.Violations {
		x.Violations[i] = a.violation(v)
	}
	return x
}

func (a *api) violation(v spec.Violation) violation {
	return violation{Field: v.Field, In: v.In, Rule: v.Rule, Text: v.Text, Pointer: v.Pointer, Line: a.Document.Line(v.Pointer)}
}

func shown(m *engine.Message) content {
	return content{Headers: m.Header(), Body: string(m.Body), Bytes: m.Bytes}
}

// listRequests answers GET /requests.
func (a *api) listRequests(c *engine.Call) (engine.Reply, error) {
	workspace, _ := c.Request.Query("workspace")
	entries := a.Journal.Entries(workspace)
	return engine.Reply{Stream: func(w io.Writer) error { return a.writeEntries(w, entries) }}, nil
}

// writeEntries writes one after the other: as JSON they can be many times as large as they are kept.
func (a *api) writeEntries(w io.Writer, entries []*engine.Entry) error {
	before := `{"data":[`
	for _, e := range entries {
		text, err := json.Marshal(a.exchange(e))
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
	i := slices.IndexFunc(entries, func(e *engine.Entry) bool { return e.ID == c.Request.Path("id") })
	if i < 0 {
		return engine.Reply{}, notFound("The journal has no such request, or no longer.")
	}
	return show(http.StatusOK, a.exchange(entries[i]))
}

// errSlow ends the stream of a reader that the journal has overtaken.
var errSlow = errors.New("the reader was too slow: exchanges have left the journal unread")

// streamRequests answers GET /requests/stream.
func (a *api) streamRequests(c *engine.Call) (engine.Reply, error) {
	workspace, _ := c.Request.Query("workspace")
	seen := a.Journal.Last()
	if text := c.HTTP.Header.Get("Last-Event-ID"); text != "" {
		last, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return engine.Reply{}, invalid("Last-Event-ID", "must be the sequence of an exchange")
		}
		seen = a.Journal.Since(last)
	}
	return a.stream(c, "the journal", func() {}, func() (feed.Batch, error) {
		for {
			entries, grown, whole := a.Journal.After(seen)
			if !whole {
				return feed.Batch{}, errSlow
			}
			b := feed.Batch{More: grown}
			for _, e := range entries {
				seen = e.Sequence
				if workspace == "" || e.Workspace == workspace {
					b.Events = append(b.Events, feed.Event{Name: "request", ID: strconv.FormatInt(e.Sequence, 10), Data: a.exchange(e)})
				}
			}
			if len(b.Events) > 0 || len(entries) == 0 {
				return b, nil
			}
		}
	}), nil
}

// stream is an answer of server-sent events. It ends when the mock stops, too; done is called at its end.
func (a *api) stream(c *engine.Call, opening string, done func(), next func() (feed.Batch, error)) engine.Reply {
	return engine.Reply{
		ContentType: "text/event-stream", Header: http.Header{"Cache-Control": {"no-store"}},
		Stream: func(w io.Writer) error {
			defer done()
			return feed.Stream(c.HTTP.Context(), a.Closed, w, opening, next)
		},
	}
}
