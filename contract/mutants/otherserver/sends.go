package otherserver

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// sendText is POST /w/message/text.
func (s *Server) sendText(c *call) (any, *failure) {
	fields, failed := s.bodyOf(c, map[string]rule{
		"phone": phone(), "body": needed(text(1, 4096)), "name": text(0, 0), "email": text(0, 0), "reply_to": text(0, 0), "preview_url": {kind: "flag"},
	})
	if failed != nil {
		return nil, failed
	}
	if reply, given := fields["reply_to"].(string); given && !s.knows(c.workspace, textOf(fields, "phone"), reply) {
		return nil, invalid("reply_to", "is no message of this conversation")
	}
	return s.sent(c, fields, "text", textOf(fields, "body"))
}

// knows reports whether a message, by either of its ids, is in the conversation with a phone.
func (s *Server) knows(w *workspace, phone, id string) bool {
	for _, each := range s.workspaces {
		for _, conversation := range each.conversations {
			if each != w && !s.has("a reply may be to another workspace's message") || each == w && conversation.phone != phone {
				continue
			}
			for _, m := range conversation.messages {
				if m.whats == id || fmt.Sprint(m.id) == id {
					return true
				}
			}
		}
	}
	return false
}

func (s *Server) sendButtons(c *call) (any, *failure) {
	title := 20
	if s.has("a button's title of 20 characters is refused") {
		title = 19
	}
	fields, failed := s.bodyOf(c, map[string]rule{
		"phone": phone(), "body_text": needed(text(1, 1024)), "header_text": text(0, 60), "footer_text": text(0, 60),
		"buttons": listOf(1, 3, rule{kind: "object", fields: map[string]rule{"id": needed(text(1, 256)), "title": needed(text(1, title))}}),
	})
	if failed == nil {
		failed = unique("buttons", fields["buttons"])
	}
	if failed != nil {
		return nil, failed
	}
	content := textOf(fields, "body_text")
	if s.has("the text of buttons is trimmed") {
		content = strings.TrimSpace(content)
	}
	return s.sent(c, fields, "button", content)
}

func (s *Server) sendList(c *call) (any, *failure) {
	row := rule{kind: "object", fields: map[string]rule{"id": needed(text(1, 200)), "title": needed(text(1, 24)), "description": text(0, 72)}}
	section := rule{kind: "object", fields: map[string]rule{"title": needed(text(1, 24)), "rows": listOf(1, 10, row)}}
	fields, failed := s.bodyOf(c, map[string]rule{
		"phone": phone(), "body_text": needed(text(1, 0)), "button_text": needed(text(1, 20)), "header_text": text(0, 0), "footer_text": text(0, 0),
		"sections": listOf(1, 10, section),
	})
	if failed != nil {
		return nil, failed
	}
	var rows []any
	for _, each := range fields["sections"].([]any) {
		rows = append(rows, each.(map[string]any)["rows"].([]any)...)
	}
	if failed := unique("sections", rows); failed != nil {
		return nil, failed
	}
	return s.sent(c, fields, "list", textOf(fields, "body_text"))
}

func (s *Server) sendLocation(c *call) (any, *failure) {
	fields, failed := s.bodyOf(c, map[string]rule{"phone": phone(), "location": {kind: "object", needed: true, fields: map[string]rule{
		"latitude": needed(rule{kind: "number", low: -90, high: 90}), "longitude": needed(rule{kind: "number", low: -180, high: 180}),
		"name": needed(text(1, 0)), "address": needed(text(1, 0)),
	}}})
	if failed != nil {
		return nil, failed
	}
	place, _ := fields["location"].(map[string]any)
	return s.sent(c, fields, "location", textOf(place, "name")+" ("+numberText(place["latitude"])+" "+numberText(place["longitude"])+")")
}

// unique refuses elements with the same id.
func unique(place string, list any) *failure {
	elements, _ := list.([]any)
	seen := map[string]bool{}
	for _, each := range elements {
		element, _ := each.(map[string]any)
		if id := textOf(element, "id"); seen[id] {
			return invalid(place, "has the id "+id+" more than once")
		}
		seen[textOf(element, "id")] = true
	}
	return nil
}

// sent puts a message into the conversation with its recipient, which begins if there is none, and answers.
func (s *Server) sent(c *call, fields map[string]any, kind, content string) (any, *failure) {
	now := c.workspace.now()
	to := c.workspace.byPhone(textOf(fields, "phone"))
	if to == nil {
		to = &conversation{id: s.nextID(), phone: textOf(fields, "phone"), created: now, agent: "me"}
		if name := textOf(fields, "name"); name != "" {
			to.name = &name
		}
		c.workspace.conversations = append(c.workspace.conversations, to)
		s.emitBegun(c.workspace, to)
	}
	m := &message{id: s.nextID(), kind: kind, content: s.harmed(content), outbound: true, at: now, hidden: now.Add(s.options.Lag)}
	m.whats = fmt.Sprintf("wamid.OTHER%d==", m.id)
	to.messages = append(to.messages, m)
	if s.has("every text is stored twice") && kind == "text" {
		again := *m
		again.id = s.nextID()
		to.messages = append(to.messages, &again)
	}
	to.unread = 0
	seconds := now.Unix()
	switch {
	case s.has("the time of a send is in milliseconds"):
		seconds = now.UnixMilli()
	case s.has("the time of a send is three hours ahead"):
		seconds += 3 * 60 * 60
	}
	return object{{"message", object{{"timestamp", seconds}, {"status", "sent"}, {"messageId", m.whats}, {"id", m.id}}}, {"status", true}}, nil
}

// harmed is a text as a server with one of the faults stores it.
func (s *Server) harmed(content string) string {
	switch s.options.Fault {
	case "variation selectors are lost":
		return strings.NewReplacer("\ufe0e", "", "\ufe0f", "").Replace(content)
	case "texts are composed":
		return norm.NFC.String(content)
	case "joiners and direction marks are lost":
		return strings.NewReplacer("\u200c", "", "\u200f", "", "\u200e", "", "\u202b", "", "\u202c", "").Replace(content)
	case "a line feed at the end is lost":
		return strings.TrimSuffix(content, "\n")
	case "a plus becomes a space":
		return strings.ReplaceAll(content, "+", " ")
	case "%20 becomes a space":
		return strings.ReplaceAll(content, "%20", " ")
	case "backslashes are read as escapes":
		return strings.ReplaceAll(content, `\n`, "\n")
	case "a text is cut after 16,000 bytes":
		return strings.ToValidUTF8(content[:min(len(content), 16_000)], "")
	case "entities are decoded":
		return regexp.MustCompile(`&#65;|&amp;`).ReplaceAllString(content, "A")
	}
	return content
}

// ticket is POST /wechat/chat/events/{id}.
func (s *Server) ticket(c *call) (any, *failure) {
	found := c.workspace.byID(c.id)
	if found == nil && s.has("tickets of another workspace can be changed") {
		for _, w := range s.workspaces {
			if each := w.byID(c.id); each != nil {
				found = each
			}
		}
	}
	fields, failed := s.bodyOf(c, map[string]rule{"route": oneOf("openTicket", "closeTicket")})
	if failed != nil {
		return nil, failed
	}
	if found == nil {
		return nil, notFound("This id is none of ours.")
	}
	now := c.workspace.now()
	conflict := func(message string) *failure {
		return &failure{status: http.StatusConflict, code: "conflict", message: message}
	}
	if textOf(fields, "route") == "openTicket" {
		if found.ticket != 0 {
			return nil, conflict("A ticket is open.")
		}
		found.ticket, found.opened, found.closed, found.touched, found.agent = s.nextID(), now, false, now, "me"
		s.emitChanged(c.workspace, found)
		return object{{"data", object{{"opened_at", stamp(now)}, {"status", "opened"}, {"conversation_id", found.id}, {"ticket_id", found.ticket}}}, {"message", "Opened."}, {"status", true}}, nil
	}
	if found.ticket == 0 {
		return nil, conflict("No ticket is open.")
	}
	id := found.ticket
	found.ticket, found.closed, found.touched = 0, true, now
	s.emitChanged(c.workspace, found)
	return object{{"data", object{
		{"closed_at", stamp(now)}, {"opened_at", stamp(found.opened)}, {"status", "closed"}, {"conversation_id", found.id}, {"ticket_id", id},
	}}, {"message", "Closed."}, {"status", true}}, nil
}
