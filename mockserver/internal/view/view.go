// Package view turns entities of the sandbox into the bytes of answers, by the response schemas of the document in force:
// known properties have the values of the entity, others are made up, and there is none that the schema does not have.
//
// Each text is checked against the schema when it is rendered, and kept until its entity changes. The package must never know
// HTTP or which request is being answered.
package view

import (
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/spec"
)

// A View shows one workspace by one document.
type View struct {
	renderer *sandbox.Renderer // marks what this view has rendered

	row       *template[shownRow]
	rowSchema *spec.Schema

	list       *template[*envelope]
	listSchema *spec.Schema
	listed     atomic.Pointer[envelope] // of the latest list: the next often has the same counts

	detail       *template[*detail]
	detailSchema *spec.Schema

	message *template[shownMessage]

	outbox          *template[*envelope]
	outboxRow       *template[shownMessage]
	outboxRowSchema *spec.Schema
	outboxSchema    *spec.Schema
}

// shownRow is a conversation while it has a status.
type shownRow struct {
	*sandbox.Conversation
	status sandbox.Status
}

// An envelope is an answer without its rows, which are written separately. It is never changed.
type envelope struct {
	total, unread int
	text          []byte
	at            int // where the rows belong in the text, -1 if it has none
}

// detail is a conversation with its messages.
type detail struct {
	shownRow
	messages []shownMessage
}

// shownMessage is a message while it has a status.
type shownMessage struct {
	*sandbox.Message
	status sandbox.MessageStatus
	since  int64 // Unix seconds
}

// New compiles the views of the document's three reads.
func New(d *spec.Document, invent Invent) *View {
	v := &View{
		renderer:     new(sandbox.Renderer),
		listSchema:   success(d, "listConversations"),
		detailSchema: success(d, "getConversationMessages"),
		outboxSchema: success(d, "getMessageStatus"),
	}
	v.compileList(invent)
	v.compileDetail(invent)
	v.compileOutbox(invent)
	return v
}

// success is the schema of the operation's answer when all is well; nil if the document gives none.
func success(d *spec.Document, operation string) *spec.Schema {
	op := d.Operation(operation)
	if op == nil || op.Success() == nil || op.Success().JSON() == nil {
		return nil
	}
	return op.Success().JSON().Schema
}

// at follows property names, and "[]" for an array's items, into a schema; nil when a step is missing.
func at(s *spec.Schema, steps ...string) *spec.Schema {
	for _, step := range steps {
		if s == nil {
			return nil
		}
		if step == "[]" {
			s = s.Items
		} else {
			s = s.Property(step)
		}
	}
	return s
}

// only is the id of values of which a workspace has one.
func only[T any](T) int64 { return 0 }

// displayName is the customer's name, or the phone when no name is known: the mock never sends null (I).
func displayName(c *sandbox.Conversation) string {
	if c.Name == "" {
		return c.Phone
	}
	return c.Name
}

// lastType is the newest message's type; "text" while there is none (I).
func lastType(c *sandbox.Conversation) string {
	if c.LastType == "" {
		return "text"
	}
	return c.LastType
}

func (v *View) compileList(invent Invent) {
	v.rowSchema = at(v.listSchema, "data", "[]")
	v.row = newTemplate("conversation", v.rowSchema, map[string]writer[shownRow]{
		"id":                intOf(func(r shownRow) int64 { return r.ID }),
		"phone":             stringOf(func(r shownRow) string { return r.Phone }),
		"name":              stringOf(func(r shownRow) string { return displayName(r.Conversation) }),
		"last_message":      stringOf(func(r shownRow) string { return r.LastContent }),
		"last_message_type": stringOf(func(r shownRow) string { return lastType(r.Conversation) }),
		"unread_count":      intOf(func(r shownRow) int64 { return int64(r.Unread) }),
		"status":            stringOf(func(r shownRow) string { return string(r.status) }),
		"updated_at":        timeOf(func(r shownRow) int64 { return r.UpdatedAt().Unix() }),
		"created_at":        timeOf(func(r shownRow) int64 { return r.CreatedAt.Unix() }),
	}, func(r shownRow) int64 { return r.ID }, invent)
	meta := newTemplate("listConversations.meta", at(v.listSchema, "meta"), map[string]writer[*envelope]{
		"total":        intOf(func(l *envelope) int64 { return int64(l.total) }),
		"unread_total": intOf(func(l *envelope) int64 { return int64(l.unread) }),
	}, only, invent)
	v.list = newTemplate("listConversations", v.listSchema, map[string]writer[*envelope]{
		"status": always[*envelope]("true"),
		"data":   rowsApart,
		"meta":   object(meta),
	}, only, invent)
}

// rowsApart leaves room for the rows.
func rowsApart(dst []byte, e *envelope) ([]byte, error) {
	e.at = len(dst) + 1
	return append(dst, "[]"...), nil
}

func (v *View) compileDetail(invent Invent) {
	data := at(v.detailSchema, "data")
	v.message = newTemplate("message", at(data, "messages", "[]"), map[string]writer[shownMessage]{
		"id":        intOf(func(m shownMessage) int64 { return m.ID }),
		"content":   stringOf(func(m shownMessage) string { return m.Content }),
		"type":      stringOf(func(m shownMessage) string { return m.Type }),
		"direction": stringOf(func(m shownMessage) string { return string(m.Direction) }),
		"date":      timeOf(func(m shownMessage) int64 { return m.Date.Unix() }),
		"status":    stringOf(func(m shownMessage) string { return string(m.status) }),
	}, func(m shownMessage) int64 { return m.ID }, invent)
	id := func(d *detail) int64 { return d.ID }
	meta := newTemplate("conversation.meta", at(data, "meta"), map[string]writer[*detail]{
		"total_messages": intOf(func(d *detail) int64 { return int64(len(d.messages)) }),
	}, id, invent)
	conversation := newTemplate("conversation", data, map[string]writer[*detail]{
		"id":       intOf(func(d *detail) int64 { return d.ID }),
		"phone":    stringOf(func(d *detail) string { return d.Phone }),
		"name":     stringOf(func(d *detail) string { return displayName(d.Conversation) }),
		"status":   stringOf(func(d *detail) string { return string(d.status) }),
		"messages": arrayOf(func(d *detail) []shownMessage { return d.messages }, v.message),
		"meta":     object(meta),
	}, id, invent)
	v.detail = newTemplate("getConversationMessages", v.detailSchema, map[string]writer[*detail]{
		"status": always[*detail]("true"),
		"data":   object(conversation),
	}, id, invent)
}

func (v *View) compileOutbox(invent Invent) {
	v.outboxRowSchema = at(v.outboxSchema, "data", "[]")
	v.outboxRow = newTemplate("message_status", v.outboxRowSchema, map[string]writer[shownMessage]{
		"message_id": intOf(func(m shownMessage) int64 { return m.ID }),
		"status":     stringOf(func(m shownMessage) string { return string(m.status) }),
		"timestamp":  timeOf(func(m shownMessage) int64 { return m.since }),
	}, func(m shownMessage) int64 { return m.ID }, invent)
	v.outbox = newTemplate("getMessageStatus", v.outboxSchema, map[string]writer[*envelope]{
		"status": always[*envelope]("true"),
		"data":   rowsApart,
	}, only, invent)
}

// renderRow renders a conversation's row in the list while it has a status.
func (v *View) renderRow(c *sandbox.Conversation, status sandbox.Status) ([]byte, error) {
	dst, err := v.row.append(make([]byte, 0, 288), shownRow{c, status})
	if err == nil {
		err = check(v.rowSchema, dst)
	}
	if err != nil {
		return nil, fmt.Errorf("conversation %d: %w", c.ID, err)
	}
	return dst[:len(dst):len(dst)], nil
}

// Row is a conversation's row in the list at the instant now.
func (v *View) Row(c *sandbox.Conversation, client string, now time.Time) ([]byte, error) {
	if text, ok := c.Rendered.Row.Get(v.renderer, now.Unix()); ok {
		return text, nil
	}
	status := c.Status(now, client)
	text, err := v.renderRow(c, status)
	if err != nil {
		return nil, err
	}
	until := int64(0)
	if status != sandbox.StatusClosed && status != sandbox.StatusExpired {
		until = c.ExpiresAt().Unix()
	}
	c.Rendered.Row.Put(v.renderer, text, until)
	return text, nil
}

func messageAt(m *sandbox.Message, now time.Time) shownMessage {
	status, since := m.Status(now)
	return shownMessage{m, status, since.Unix()}
}

// WriteList writes the answer of listConversations.
func (v *View) WriteList(w io.Writer, l sandbox.Listing) error {
	e := v.listed.Load()
	if e == nil || e.total != len(l.Conversations) || e.unread != l.Unread {
		var err error
		if e, err = newEnvelope(v.list, len(l.Conversations), l.Unread); err != nil {
			return err
		}
		v.listed.Store(e)
	}
	if e.at < 0 {
		_, err := w.Write(e.text)
		return err
	}
	if _, err := w.Write(e.text[:e.at]); err != nil {
		return err
	}
	for i, c := range l.Conversations {
		row, err := v.Row(c, l.Client, l.Now)
		if err != nil {
			return err
		}
		if i > 0 {
			if _, err := w.Write(comma); err != nil {
				return err
			}
		}
		if _, err := w.Write(row); err != nil {
			return err
		}
	}
	_, err := w.Write(e.text[e.at:])
	return err
}

func newEnvelope(t *template[*envelope], total, unread int) (*envelope, error) {
	e := &envelope{total: total, unread: unread, at: -1}
	var err error
	e.text, err = t.append(make([]byte, 0, 96), e)
	return e, err
}

var comma = []byte(",")

// Conversation is the answer of getConversationMessages at an instant.
func (v *View) Conversation(c *sandbox.Conversation, client string, now time.Time) ([]byte, error) {
	if text, ok := c.Rendered.Thread.Get(v.renderer, now.Unix()); ok {
		return text, nil
	}
	d := &detail{shownRow: shownRow{c, c.Status(now, client)}}
	thread := c.Thread()
	d.messages = make([]shownMessage, len(thread))
	for i, m := range thread {
		d.messages[i] = messageAt(m, now)
	}
	text, err := v.detail.append(nil, d)
	if err == nil {
		err = check(v.detailSchema, text)
	}
	if err != nil {
		return nil, fmt.Errorf("conversation %d: %w", c.ID, err)
	}
	until := int64(0)
	if next := c.NextChange(thread, now); !next.IsZero() {
		until = next.Unix()
	}
	c.Rendered.Thread.Put(v.renderer, text, until)
	return text, nil
}

// WriteOutbox writes the answer of getMessageStatus. Rows are made while they are written: nothing of them is kept.
func (v *View) WriteOutbox(w io.Writer, o sandbox.Outbox) error {
	e, err := newEnvelope(v.outbox, 0, 0)
	if err != nil {
		return err
	}
	if e.at < 0 {
		_, err = w.Write(e.text)
		return err
	}
	if _, err := w.Write(e.text[:e.at]); err != nil {
		return err
	}
	row, begin := []byte(nil), 0 // behind the comma
	for m := range o.Messages() {
		row, err = v.outboxRow.append(row[:begin], messageAt(m, o.Now))
		if err == nil {
			err = check(v.outboxRowSchema, row[begin:])
		}
		if err != nil {
			return fmt.Errorf("message %d: %w", m.ID, err)
		}
		if _, err := w.Write(row); err != nil {
			return err
		}
		row, begin = append(row[:0], ','), 1
	}
	_, err = w.Write(e.text[e.at:])
	return err
}

// check reports, as an error that names each rule and its place, whether a text that a template made fits its schema.
func check(s *spec.Schema, text []byte) error {
	if s == nil || s.AcceptsWritten(text) {
		return nil
	}
	value, violations := spec.DecodeStrict(text)
	if len(violations) == 0 {
		violations = s.Violations(value)
	}
	texts := make([]string, len(violations))
	for i, x := range violations {
		texts[i] = fmt.Sprintf("%s %s (%s)", x.Field, x.Text, x.Pointer)
	}
	return &UnfitError{Reason: strings.Join(texts, "; "), Pointer: violations[0].Pointer}
}

// UnfitError says that data does not fit the response schema of the document in force.
type UnfitError struct {
	Reason  string
	Pointer string // of the first rule that is broken, in the document
}

func (e *UnfitError) Error() string { return "does not fit the response schema: " + e.Reason }
