package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"example.com/awalmock/mockserver/internal/engine"
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

// beat is how often a stream shows that it is alive, so that one whose reader has gone ends.
const beat = 15 * time.Second

// errSlow ends the stream of a reader that the journal has overtaken.
var errSlow = errors.New("the reader was too slow: exchanges have left the journal unread")

type flusher interface{ Flush() error }

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
	s := &stream{api: a, workspace: workspace, seen: seen, gone: c.HTTP.Context().Done()}
	return events(s.write), nil
}

// events is an answer of server-sent events, which write writes one after the other.
func events(write func(io.Writer) error) engine.Reply {
	return engine.Reply{ContentType: "text/event-stream", Header: http.Header{"Cache-Control": {"no-store"}}, Stream: write}
}

// A stream is one reader of the journal.
type stream struct {
	*api
	workspace string
	seen      int64 // sequence of the last entry that was looked at
	gone      <-chan struct{}
}

func (s *stream) write(w io.Writer) error {
	beats := time.NewTicker(beat)
	defer beats.Stop()
	if err := send(w, []byte(": the journal\n\n")); err != nil {
		return err
	}
	for {
		entries, grown, whole := s.Journal.After(s.seen)
		if !whole {
			return errSlow
		}
		if len(entries) > 0 {
			if err := s.events(w, entries); err != nil {
				return err
			}
			continue
		}
		select {
		case <-grown:
		case <-beats.C:
			if err := send(w, []byte(":\n\n")); err != nil {
				return err
			}
		case <-s.gone:
			return nil
		case <-s.Closed:
			return nil
		}
	}
}

// events sends entries and remembers that they have been seen.
func (s *stream) events(w io.Writer, entries []*engine.Entry) error {
	var text bytes.Buffer
	for _, e := range entries {
		s.seen = e.Sequence
		if s.workspace != "" && e.Workspace != s.workspace {
			continue
		}
		data, err := json.Marshal(s.exchange(e))
		if err != nil {
			return err
		}
		fmt.Fprintf(&text, "event: request\nid: %d\ndata: %s\n\n", e.Sequence, data)
	}
	return send(w, text.Bytes())
}

func send(w io.Writer, text []byte) error {
	if _, err := w.Write(text); err != nil {
		return err
	}
	if f, ok := w.(flusher); ok {
		return f.Flush()
	}
	return nil
}
