package exchange

import (
	"encoding/json"
	"hash/fnv"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/printable"
)

// Progress orders the statuses of a message: they only go up, and read and failed are final. A word that is none of them is 0.
func Progress(status string) int {
	return map[string]int{"sent": 1, "delivered": 2, "read": 3, "failed": 4}[status]
}

// NewestStatus is the furthest status of each message in a list of statuses.
func (v *StatusList) NewestStatus() map[int64]StatusRow {
	out := map[int64]StatusRow{}
	for _, r := range v.Rows {
		before, there := out[r.ID]
		if !there || Progress(r.Status) > Progress(before.Status) {
			out[r.ID] = r
		}
	}
	return out
}

// A List is an answer of listConversations.
type List struct {
	From               *Exchange
	Status, Term       string // the parameters status and searchTerm of the request, "" if absent
	Rows               []Row
	ByID               map[int64]*Row
	Total, UnreadTotal *int64
	Cut                bool // the answer has more rows than rowsKept
}

type Row struct {
	From          *Exchange
	ID            int64
	Phone, Status string
	Name          *string
	LastMessage   *string
	LastType      *string
	Unread        int64
	Updated       string
	UpdatedAt     time.Time
	Created       string
	Pointer       string
	digest        uint64 // a digest of all its properties
}

// rowsKept is how many rows of one answer a view has. The schema is checked for all rows.
const rowsKept = 40_000

// A Thread is an answer of getConversationMessages: one conversation with its messages.
type Thread struct {
	From          *Exchange
	Asked         string // the id in the path
	ID            int64
	Phone, Status string
	Name          *string
	Messages      []Message
	Total         *int64
	Cut           bool // the answer has more messages than rowsKept
}

type Message struct {
	ID                               int64
	Content, Kind, Direction, Status string
	Date                             time.Time
	Pointer                          string
}

// Message is the newest message with a text, nil if there is none.
func (v *Thread) Message(text string) *Message {
	for i := range slices.Backward(v.Messages) {
		if v.Messages[i].Content == text {
			return &v.Messages[i]
		}
	}
	return nil
}

// Sent is the newest outbound message with a text, nil if there is none.
func (v *Thread) Sent(text string) *Message {
	for i := range slices.Backward(v.Messages) {
		if m := &v.Messages[i]; m.Direction == "outbound" && m.Content == text {
			return m
		}
	}
	return nil
}

// A StatusList is an answer of getMessageStatus.
type StatusList struct {
	From *Exchange
	Rows []StatusRow
}

type StatusRow struct {
	ID      int64
	Status  string
	At      time.Time
	Pointer string
}

// readView makes the view of an exchange. Rows that do not fit the schema are left out: the cases of the schema report them.
func readView(e *Exchange) {
	if !e.OK() {
		return
	}
	switch e.Request.Op.ID {
	case document.ListConversations:
		e.List = readList(e)
	case document.GetConversationMessages:
		e.Thread = readThread(e)
	case document.GetMessageStatus:
		e.StatusList = readStatusList(e)
	}
}

func readList(e *Exchange) *List {
	data, ok := e.Object()["data"].([]any)
	if !ok {
		return nil
	}
	kept := data[:min(len(data), rowsKept)]
	v := &List{From: e, ByID: make(map[int64]*Row, len(kept)), Rows: make([]Row, 0, len(kept)), Cut: len(kept) < len(data)}
	v.Status, _ = e.Request.value("status")
	v.Term, _ = e.Request.value("searchTerm")
	meta, _ := e.Object()["meta"].(map[string]any)
	v.Total, v.UnreadTotal = Number(meta["total"]), Number(meta["unread_total"])
	for i, item := range kept {
		fields, ok := item.(map[string]any)
		id := Number(fields["id"])
		if !ok || id == nil {
			continue
		}
		r := Row{From: e, ID: *id, digest: digestOf(fields), Pointer: "/data/" + strconv.Itoa(i)}
		r.Phone, _ = fields["phone"].(string)
		r.Status, _ = fields["status"].(string)
		r.Updated, _ = fields["updated_at"].(string)
		r.UpdatedAt, _ = ParseTime(r.Updated)
		r.Created, _ = fields["created_at"].(string)
		r.Name, r.LastMessage, r.LastType = Text(fields["name"]), Text(fields["last_message"]), Text(fields["last_message_type"])
		if n := Number(fields["unread_count"]); n != nil {
			r.Unread = *n
		}
		v.Rows = append(v.Rows, r)
	}
	for i := range v.Rows {
		v.ByID[v.Rows[i].ID] = &v.Rows[i]
	}
	return v
}

func readThread(e *Exchange) *Thread {
	data, ok := e.Object()["data"].(map[string]any)
	if !ok {
		return nil
	}
	v := &Thread{From: e, Asked: e.Request.Path[strings.LastIndexByte(e.Request.Path, '/')+1:], ID: -1}
	if id := Number(data["id"]); id != nil {
		v.ID = *id
	}
	v.Phone, _ = data["phone"].(string)
	v.Status, _ = data["status"].(string)
	v.Name = Text(data["name"])
	meta, _ := data["meta"].(map[string]any)
	v.Total = Number(meta["total_messages"])
	list, _ := data["messages"].([]any)
	list, v.Cut = list[:min(len(list), rowsKept)], len(list) > rowsKept
	for i, item := range list {
		fields, ok := item.(map[string]any)
		id := Number(fields["id"])
		if !ok || id == nil {
			continue
		}
		m := Message{ID: *id, Pointer: "/data/messages/" + strconv.Itoa(i)}
		m.Content, _ = fields["content"].(string)
		m.Kind, _ = fields["type"].(string)
		m.Direction, _ = fields["direction"].(string)
		m.Status, _ = fields["status"].(string)
		date, _ := fields["date"].(string)
		m.Date, _ = ParseTime(date)
		v.Messages = append(v.Messages, m)
	}
	return v
}

func readStatusList(e *Exchange) *StatusList {
	data, ok := e.Object()["data"].([]any)
	if !ok {
		return nil
	}
	data = data[:min(len(data), rowsKept)]
	v := &StatusList{From: e, Rows: make([]StatusRow, 0, len(data))}
	for i, item := range data {
		fields, ok := item.(map[string]any)
		id := Number(fields["message_id"])
		if !ok || id == nil {
			continue
		}
		r := StatusRow{ID: *id, Pointer: "/data/" + strconv.Itoa(i)}
		r.Status, _ = fields["status"].(string)
		at, _ := fields["timestamp"].(string)
		r.At, _ = ParseTime(at)
		v.Rows = append(v.Rows, r)
	}
	return v
}

func Number(v any) *int64 {
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

func Text(v any) *string {
	if s, ok := v.(string); ok {
		return &s
	}
	return nil
}

func Shown(s *string) string {
	if s == nil {
		return "null"
	}
	return strconv.Quote(printable.Cut(*s, 80))
}

// Visible is a digest of all properties of a row, to compare the row in two answers.
func (r *Row) Visible() string {
	if r == nil {
		return ""
	}
	return strconv.FormatUint(r.digest, 36)
}

// digestOf is a digest of an object's properties, in any order.
func digestOf(fields map[string]any) (sum uint64) {
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

// Field is a required property of a row, as a text that can be compared.
func (r *Row) Field(name string) string {
	switch name {
	case "phone":
		return r.Phone
	case "name":
		return Shown(r.Name)
	case "last_message":
		return Shown(r.LastMessage)
	case "last_message_type":
		return Shown(r.LastType)
	}
	return r.Created
}

func (r *Row) Closed() bool { return r.Status == "closed" }

// Newest are the messages with the newest date; there are several if dates are equal.
func (v *Thread) Newest() []Message {
	var out []Message
	for _, m := range v.Messages {
		switch {
		case len(out) == 0 || m.Date.After(out[0].Date):
			out = []Message{m}
		case m.Date.Equal(out[0].Date):
			out = append(out, m)
		}
	}
	return out
}

func (v *Thread) Inbound() (n int64) {
	for _, m := range v.Messages {
		if m.Direction == "inbound" {
			n++
		}
	}
	return n
}

func (v *Thread) Closed() bool { return v.Status == "closed" }

func (l *List) Ids() []int64 {
	out := make([]int64, len(l.Rows))
	for i := range l.Rows {
		out[i] = l.Rows[i].ID
	}
	return out
}

func (l *List) Has(id int64) bool {
	_, ok := l.ByID[id]
	return ok
}
