package otherserver

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// OperatorPath is where the control API is, as far as webhooks need it: workspaces, their clocks and addresses, what customers write, and closing.
const OperatorPath = "/ops"

// operate answers a request of the control API.
func (s *Server) operate(out http.ResponseWriter, r *http.Request) {
	var fields map[string]any
	_ = json.NewDecoder(r.Body).Decode(&fields) // a request without a body has no fields
	status, answer := s.operated(r.Method, strings.TrimPrefix(r.URL.Path, OperatorPath), r.URL.Query().Get("workspace"), fields)
	if answer == nil {
		out.WriteHeader(status)
		return
	}
	s.write(out, status, answer)
}

func refusedOrder(status int, message string) (int, any) {
	return status, object{{"request_id", "ops"}, {"error", "refused"}, {"message", message}}
}

func (s *Server) operated(method, path, domain string, fields map[string]any) (int, any) {
	name, isWorkspace := strings.CutPrefix(path, "/workspaces/")
	switch {
	case path == "/workspaces" && method == http.MethodGet:
		return http.StatusOK, object{{"data", []any{}}}
	case path == "/workspaces":
		return s.makeWorkspace(textOf(fields, "domain"))
	case isWorkspace && method == http.MethodDelete:
		s.mu.Lock()
		defer s.mu.Unlock()
		s.workspaces = slices.DeleteFunc(s.workspaces, func(w *workspace) bool { return w.domain == name })
		return http.StatusNoContent, nil
	}
	w := s.workspaceOf(domain)
	if w == nil {
		return refusedOrder(http.StatusNotFound, "We do not know this workspace.")
	}
	if path == "/webhooks" {
		return s.setHooks(w, fields)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changeWorkspace(w, path, fields)
}

func (s *Server) workspaceOf(domain string) *workspace {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.workspaces, func(w *workspace) bool { return w.domain == domain })
	if i < 0 {
		return nil
	}
	return s.workspaces[i]
}

func (s *Server) makeWorkspace(domain string) (int, any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := strconv.FormatInt(s.nextID(), 10)
	w := &workspace{domain: domain, client: "cl_" + n, secret: "secret-of-workspace-" + n, numbers: []number{{"7" + n, "96614" + n, domain, "GREEN", "CONNECTED"}}}
	s.workspaces = append(s.workspaces, w)
	return http.StatusCreated, object{{"domain", domain}, {"client_id", w.client}, {"secret", w.secret}, {"phone_number_ids", []any{w.numbers[0].id}}}
}

// setHooks makes other addresses those of a workspace: each that is new has to answer the challenge.
func (s *Server) setHooks(w *workspace, fields map[string]any) (int, any) {
	list, _ := fields["endpoints"].([]any)
	hooks, shown := []*hook{}, []any{}
	for _, each := range list {
		endpoint, _ := each.(map[string]any)
		address := textOf(endpoint, "url")
		if !s.challenge(w, address) {
			return refusedOrder(http.StatusBadRequest, "That address does not answer the challenge.")
		}
		hooks, shown = append(hooks, &hook{url: address}), append(shown, object{{"url", address}})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	w.hooks = hooks
	return http.StatusOK, object{{"endpoints", shown}}
}

// changeWorkspace does what a customer, an agent or the time would do. It expects the lock.
func (s *Server) changeWorkspace(w *workspace, path string, fields map[string]any) (int, any) {
	var id int64
	of := func(format string) *conversation {
		if n, err := fmt.Sscanf(path, format, &id); n == 1 && err == nil && path == fmt.Sprintf(format, id) {
			return w.byID(id)
		}
		return nil
	}
	switch {
	case path == "/clock":
		if by, err := time.ParseDuration(textOf(fields, "advance")); err == nil {
			w.ahead += by
		}
		return http.StatusOK, object{{"now", stamp(w.now())}, {"standing", true}}
	case path == "/conversations":
		return http.StatusCreated, shownByOperator(s.begin(w, fields))
	case of("/conversations/%d/messages") != nil:
		return http.StatusCreated, s.customerWrites(w, w.byID(id), textOf(fields, "content"))
	case of("/conversations/%d") != nil:
		return http.StatusOK, shownByOperator(s.close(w, w.byID(id), fields))
	}
	return refusedOrder(http.StatusNotFound, "There is nothing at this address.")
}

// begin makes a conversation, as if an agent had opened it.
func (s *Server) begin(w *workspace, fields map[string]any) *conversation {
	name := textOf(fields, "name")
	c := &conversation{id: s.nextID(), phone: textOf(fields, "phone"), name: &name, created: w.now().Truncate(time.Millisecond), agent: textOf(fields, "assignee")}
	w.conversations = append(w.conversations, c)
	s.emitBegun(w, c)
	return c
}

func (s *Server) emitBegun(w *workspace, c *conversation) {
	s.emit(w, c, "conversation.created", c.created, object{{"created_at", stamp(c.created)}, {"phone_number", c.phone}, {"contact_id", c.id + 1_000_000}, {"conversation_id", c.id}})
}

func (s *Server) customerWrites(w *workspace, c *conversation, content string) object {
	at := w.now().Truncate(time.Millisecond)
	m := &message{id: s.nextID(), kind: "text", content: content, at: at}
	m.whats = fmt.Sprintf("wamid.OTHER%d==", m.id)
	c.messages = append(c.messages, m)
	c.unread++
	s.emit(w, c, "message.received", at, object{
		{"timestamp", stamp(at)}, {"body", content}, {"type", "text"}, {"to", w.numbers[0].phone}, {"from", c.phone}, {"conversation_id", c.id}, {"message_id", m.whats},
	})
	return object{{"id", m.id}, {"conversation_id", c.id}, {"wamid", m.whats}, {"type", "text"}, {"content", content}, {"direction", "inbound"}, {"status", "received"}, {"date", stamp(at)}}
}

func (s *Server) close(w *workspace, c *conversation, fields map[string]any) *conversation {
	closed, _ := fields["closed"].(bool)
	c.closed, c.touched = closed, w.now().Truncate(time.Millisecond)
	s.emitChanged(w, c)
	return c
}

func (s *Server) emitChanged(w *workspace, c *conversation) {
	var agent any
	if c.agent != "" {
		agent = c.agent
	}
	s.emit(w, c, "conversation.updated", c.touched, object{
		{"updated_at", stamp(c.touched)}, {"closed", c.closed}, {"bot", c.bot}, {"assignee", agent}, {"status", s.status(c, w.now())}, {"conversation_id", c.id},
	})
}

func shownByOperator(c *conversation) object {
	return object{
		{"id", c.id},
		{"phone_number_id", ""},
		{"phone", c.phone},
		{"name", nameOf(c)},
		{"status", ""},
		{"assignee", c.agent},
		{"bot", c.bot},
		{"closed", c.closed},
		{"unread_count", c.unread},
		{"messages", len(c.messages)},
		{"created_at", stamp(c.created)},
		{"updated_at", stamp(c.created)},
	}
}
