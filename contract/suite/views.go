package suite

import (
	"encoding/json"
	"hash/fnv"
	"io"
	"strconv"
	"strings"
	"time"
)

// The three operations whose answers the oracles understand. Everything else follows from the schema.
const (
	opList  = "listConversations"
	opTalk  = "getConversationMessages"
	opState = "getMessageStatus"
)

// A listView is what an answer of listConversations says.
type listView struct {
	from               *exchange
	status, term       string // what was asked for, "" if nothing
	rows               []row
	byID               map[int64]*row
	total, unreadTotal *int64
	cut                bool // it has more rows than are looked at
}

type row struct {
	id            int64
	phone, status string
	name          *string
	lastMessage   *string
	lastType      *string
	unread        int64
	updated       string
	updatedAt     time.Time
	created       string
	pointer       string
	look          uint64 // a digest of everything that can be seen of it
}

// rowsKept of one answer are looked at; its schema is checked for all of them.
const rowsKept = 40_000

// A talkView is what an answer of getConversationMessages says.
type talkView struct {
	from          *exchange
	asked         string // the id in the path
	id            int64
	phone, status string
	name          *string
	messages      []message
	total         *int64
	cut           bool // it has more messages than are looked at
}

type message struct {
	id                               int64
	content, kind, direction, status string
	date                             time.Time
	pointer                          string
}

// A pollView is what an answer of getMessageStatus says.
type pollView struct {
	from *exchange
	rows []pollRow
}

type pollRow struct {
	id      int64
	status  string
	at      time.Time
	pointer string
}

// see reads the view of an exchange, as far as its body allows: what does not fit the schema is left out, since the schema's own cases tell it.
func see(e *exchange) {
	if !e.ok() {
		return
	}
	switch e.request.op.id {
	case opList:
		e.list = seeList(e)
	case opTalk:
		e.talk = seeTalk(e)
	case opState:
		e.poll = seePoll(e)
	}
}

func seeList(e *exchange) *listView {
	data, ok := e.object()["data"].([]any)
	if !ok {
		return nil
	}
	kept := data[:min(len(data), rowsKept)]
	v := &listView{from: e, byID: make(map[int64]*row, len(kept)), rows: make([]row, 0, len(kept)), cut: len(kept) < len(data)}
	v.status, _ = e.request.value("status")
	v.term, _ = e.request.value("searchTerm")
	meta, _ := e.object()["meta"].(map[string]any)
	v.total, v.unreadTotal = number(meta["total"]), number(meta["unread_total"])
	for i, item := range kept {
		fields, ok := item.(map[string]any)
		id := number(fields["id"])
		if !ok || id == nil {
			continue
		}
		r := row{id: *id, look: lookOf(fields), pointer: "/data/" + strconv.Itoa(i)}
		r.phone, _ = fields["phone"].(string)
		r.status, _ = fields["status"].(string)
		r.updated, _ = fields["updated_at"].(string)
		r.updatedAt, _ = parseTime(r.updated)
		r.created, _ = fields["created_at"].(string)
		r.name, r.lastMessage, r.lastType = text(fields["name"]), text(fields["last_message"]), text(fields["last_message_type"])
		if n := number(fields["unread_count"]); n != nil {
			r.unread = *n
		}
		v.rows = append(v.rows, r)
	}
	for i := range v.rows {
		v.byID[v.rows[i].id] = &v.rows[i]
	}
	return v
}

func seeTalk(e *exchange) *talkView {
	data, ok := e.object()["data"].(map[string]any)
	if !ok {
		return nil
	}
	v := &talkView{from: e, asked: e.request.path[strings.LastIndexByte(e.request.path, '/')+1:], id: -1}
	if id := number(data["id"]); id != nil {
		v.id = *id
	}
	v.phone, _ = data["phone"].(string)
	v.status, _ = data["status"].(string)
	v.name = text(data["name"])
	meta, _ := data["meta"].(map[string]any)
	v.total = number(meta["total_messages"])
	list, _ := data["messages"].([]any)
	list, v.cut = list[:min(len(list), rowsKept)], len(list) > rowsKept
	for i, item := range list {
		fields, ok := item.(map[string]any)
		id := number(fields["id"])
		if !ok || id == nil {
			continue
		}
		m := message{id: *id, pointer: "/data/messages/" + strconv.Itoa(i)}
		m.content, _ = fields["content"].(string)
		m.kind, _ = fields["type"].(string)
		m.direction, _ = fields["direction"].(string)
		m.status, _ = fields["status"].(string)
		date, _ := fields["date"].(string)
		m.date, _ = parseTime(date)
		v.messages = append(v.messages, m)
	}
	return v
}

func seePoll(e *exchange) *pollView {
	data, ok := e.object()["data"].([]any)
	if !ok {
		return nil
	}
	data = data[:min(len(data), rowsKept)]
	v := &pollView{from: e, rows: make([]pollRow, 0, len(data))}
	for i, item := range data {
		fields, ok := item.(map[string]any)
		id := number(fields["message_id"])
		if !ok || id == nil {
			continue
		}
		r := pollRow{id: *id, pointer: "/data/" + strconv.Itoa(i)}
		r.status, _ = fields["status"].(string)
		at, _ := fields["timestamp"].(string)
		r.at, _ = parseTime(at)
		v.rows = append(v.rows, r)
	}
	return v
}

func number(v any) *int64 {
	n, ok := v.(json.Number)
	if !ok {
		return nil
	}
	if i, err := n.Int64(); err == nil {
		return &i
	}
	if f, err := n.Float64(); err == nil && f == float64(int64(f)) {
		i := int64(f)
		return &i
	}
	return nil
}

func text(v any) *string {
	if s, ok := v.(string); ok {
		return &s
	}
	return nil
}

func shown(s *string) string {
	if s == nil {
		return "null"
	}
	return strconv.Quote(cutText(*s, 80))
}

// visible stands for everything that can be seen of a row, so that two answers can be compared.
func (r *row) visible() string {
	if r == nil {
		return ""
	}
	return strconv.FormatUint(r.look, 36)
}

// lookOf is a digest of an object's properties, whatever their order.
func lookOf(fields map[string]any) (sum uint64) {
	for name, value := range fields {
		h := fnv.New64a()
		_, _ = io.WriteString(h, name)
		switch value := value.(type) {
		case string:
			_, _ = io.WriteString(h, "\x00s"+value)
		case json.Number:
			_, _ = io.WriteString(h, "\x00n"+string(value))
		default:
			text, _ := json.Marshal(value) // keys are sorted; what was decoded can be encoded
			_, _ = h.Write(text)
		}
		sum += h.Sum64()
	}
	return sum
}

// field is a property that a row must have, as it is compared.
func (r *row) field(name string) string {
	switch name {
	case "phone":
		return r.phone
	case "name":
		return shown(r.name)
	case "last_message":
		return shown(r.lastMessage)
	case "last_message_type":
		return shown(r.lastType)
	}
	return r.created
}

func (r *row) closed() bool { return r.status == "closed" }

// newest are the messages with the newest date; there are several if dates are equal.
func (t *talkView) newest() []message {
	var out []message
	for _, m := range t.messages {
		switch {
		case len(out) == 0 || m.date.After(out[0].date):
			out = []message{m}
		case m.date.Equal(out[0].date):
			out = append(out, m)
		}
	}
	return out
}

func (t *talkView) inbound() (n int64) {
	for _, m := range t.messages {
		if m.direction == "inbound" {
			n++
		}
	}
	return n
}

func (t *talkView) closed() bool { return t.status == "closed" }

func (l *listView) ids() []int64 {
	out := make([]int64, len(l.rows))
	for i := range l.rows {
		out[i] = l.rows[i].id
	}
	return out
}

func (l *listView) has(id int64) bool {
	_, ok := l.byID[id]
	return ok
}
