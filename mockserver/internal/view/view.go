// Package view turns entities of the sandbox into the bytes of answers, by the response schemas of the document in force:
// known properties from the entity, others invented, none that the schema does not have.
//
// What it makes is checked against the schema once, when it is made, and kept with the entity it belongs to. It must
// never know HTTP or which request is being answered.
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

// A View shows one workspace by one document. It implements sandbox.Projection.
type View struct {
	retired atomic.Bool // another view has taken over: nothing is kept any more

	row       *template[shownRow]
	rowSchema *spec.Schema

	list       *template[*list]
	listSchema *spec.Schema

	detail       *template[*detail]
	detailSchema *spec.Schema

	message       *template[shownMessage]
	messageSchema *spec.Schema
	// statuses says why a message cannot be shown with a status, nil if it can. It is nil when the schema does not judge
	// a status apart from the rest of the message.
	statuses map[sandbox.MessageStatus]error

	outbox       *template[[]shownMessage]
	outboxSchema *spec.Schema
}

// shownRow is a conversation while it has a status.
type shownRow struct {
	*sandbox.Conversation
	status sandbox.Status
}

// list is a listing whose rows are written apart: rows is where they belong in the envelope.
type list struct {
	total, unread int
	at            int
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

// only is the id of what there is one of.
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
	meta := newTemplate("listConversations.meta", at(v.listSchema, "meta"), map[string]writer[*list]{
		"total":        intOf(func(l *list) int64 { return int64(l.total) }),
		"unread_total": intOf(func(l *list) int64 { return int64(l.unread) }),
	}, only, invent)
	v.list = newTemplate("listConversations", v.listSchema, map[string]writer[*list]{
		"status": always[*list]("true"),
		"data": func(dst []byte, l *list) ([]byte, error) {
			l.at = len(dst) + 1
			return append(dst, "[]"...), nil
		},
		"meta": object(meta),
	}, only, invent)
}

func (v *View) compileDetail(invent Invent) {
	data := at(v.detailSchema, "data")
	v.messageSchema = at(data, "messages", "[]")
	if v.messageSchema == nil || v.messageSchema.Independent() {
		v.statuses = statuses(at(v.messageSchema, "status"))
	}
	v.message = newTemplate("message", v.messageSchema, map[string]writer[shownMessage]{
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
	row := newTemplate("message_status", at(v.outboxSchema, "data", "[]"), map[string]writer[shownMessage]{
		"message_id": intOf(func(m shownMessage) int64 { return m.ID }),
		"status":     stringOf(func(m shownMessage) string { return string(m.status) }),
		"timestamp":  timeOf(func(m shownMessage) int64 { return m.since }),
	}, func(m shownMessage) int64 { return m.ID }, invent)
	v.outbox = newTemplate("getMessageStatus", v.outboxSchema, map[string]writer[[]shownMessage]{
		"status": always[[]shownMessage]("true"),
		"data":   arrayOf(func(all []shownMessage) []shownMessage { return all }, row),
	}, only, invent)
}

// Row makes a conversation's row in the list; it implements sandbox.Projection.
func (v *View) Row(c *sandbox.Conversation, status sandbox.Status) ([]byte, error) {
	dst, err := v.row.append(make([]byte, 0, 288), shownRow{c, status})
	if err != nil {
		return nil, err
	}
	return dst[:len(dst):len(dst)], check(v.rowSchema, dst)
}

// CheckMessage makes a message in each status it will have; it implements sandbox.Projection.
func (v *View) CheckMessage(m *sandbox.Message, now time.Time) error {
	text, err := v.message.append(make([]byte, 0, 256), messageAt(m, now))
	if err == nil {
		err = check(v.messageSchema, text)
	}
	for now = m.NextChange(now); err == nil && !now.IsZero(); now = m.NextChange(now) {
		if v.statuses != nil {
			status, _ := m.Status(now)
			err = v.statuses[status]
			continue
		}
		if text, err = v.message.append(text[:0], messageAt(m, now)); err == nil {
			err = check(v.messageSchema, text)
		}
	}
	if err != nil {
		return fmt.Errorf("message %d: %w", m.ID, err)
	}
	return nil
}

// statuses judges each status by its schema.
func statuses(s *spec.Schema) map[sandbox.MessageStatus]error {
	judged := map[sandbox.MessageStatus]error{}
	for _, status := range [...]sandbox.MessageStatus{sandbox.Sent, sandbox.Delivered, sandbox.Read, sandbox.Failed} {
		judged[status] = check(s, appendString(nil, string(status)))
	}
	return judged
}

func messageAt(m *sandbox.Message, now time.Time) shownMessage {
	status, since := m.Status(now)
	return shownMessage{m, status, since.Unix()}
}

// WriteList writes the answer of listConversations. Its rows were checked when they were made; if that was by a view that has
// taken over meanwhile, the whole answer is that one's.
func (v *View) WriteList(w io.Writer, l sandbox.Listing) error {
	if by, ok := l.Shown.(*View); ok {
		v = by
	}
	envelope := list{total: len(l.Conversations), unread: l.Unread, at: -1}
	text, err := v.list.append(make([]byte, 0, 96), &envelope)
	if err != nil || envelope.at < 0 {
		return writeOr(w, text, err)
	}
	if _, err := w.Write(text[:envelope.at]); err != nil {
		return err
	}
	now := l.Now.Unix()
	for i, c := range l.Conversations {
		if i > 0 {
			if _, err := w.Write(comma); err != nil {
				return err
			}
		}
		if _, err := w.Write(c.Shown.At(now)); err != nil {
			return err
		}
	}
	_, err = w.Write(text[envelope.at:])
	return err
}

var comma = []byte(",")

func writeOr(w io.Writer, text []byte, err error) error {
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}

// Conversation is the answer of getConversationMessages at an instant.
func (v *View) Conversation(c *sandbox.Conversation, client string, now time.Time) ([]byte, error) {
	if text, ok := c.Detail.Get(now); ok {
		return text, nil
	}
	d := &detail{shownRow: shownRow{c, c.Status(now, client)}}
	thread := c.Thread()
	d.messages = make([]shownMessage, len(thread))
	for i, m := range thread {
		d.messages[i] = messageAt(m, now)
	}
	text, err := v.detail.append(nil, d)
	if err != nil {
		return nil, err
	}
	if err := check(v.detailSchema, text); err != nil {
		return nil, fmt.Errorf("conversation %d: %w", c.ID, err)
	}
	v.keep(c.Detail, text, c.NextChange(now))
	return text, nil
}

// Outbox is the answer of getMessageStatus.
func (v *View) Outbox(o sandbox.Outbox) ([]byte, error) {
	if text, ok := o.Kept.Get(o.Now); ok {
		return text, nil
	}
	all := make([]shownMessage, len(o.Messages))
	for i, m := range o.Messages {
		all[i] = messageAt(m, o.Now)
	}
	text, err := v.outbox.append(nil, all)
	if err != nil {
		return nil, err
	}
	if err := check(v.outboxSchema, text); err != nil {
		return nil, err
	}
	v.keep(o.Kept, text, o.Until)
	return text, nil
}

// check tells, as an error that names each rule and its place, whether a text that a template made fits its schema.
func check(s *spec.Schema, text []byte) error {
	if s == nil || s.AcceptsWritten(text) {
		return nil
	}
	value, violations := spec.DecodeStrict(text)
	if len(violations) == 0 {
		violations = s.Violations(value)
	}
	told := make([]string, len(violations))
	for i, x := range violations {
		told[i] = fmt.Sprintf("%s %s (%s)", x.Field, x.Text, x.Pointer)
	}
	return &Unfit{Reason: strings.Join(told, "; ")}
}

// Unfit says that data does not fit the response schema of the document in force.
type Unfit struct{ Reason string }

func (e *Unfit) Error() string { return "does not fit the response schema: " + e.Reason }

// Retire tells the view whether another one takes over: then it goes on showing, for requests in flight, and keeps nothing
// that the other one would find.
func (v *View) Retire(retired bool) { v.retired.Store(retired) }

func (v *View) keep(in *sandbox.Memo, text []byte, until time.Time) {
	if !v.retired.Load() {
		in.Put(text, until)
	}
}
