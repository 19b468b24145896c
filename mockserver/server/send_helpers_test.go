package server_test

import (
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"testing"
	"time"
)

// sendClock is the instant that the stopped clocks of the workspaces show.
var sendClock = time.Date(2024, 1, 20, 12, 0, 0, 0, time.UTC)

type object = map[string]any

// sendTo is the target of a send: text, media, template, button, list, location.
func sendTo(kind string) string { return "/w/message/" + kind + "?phone_number_id=123456" }

// sendJSON sends a body: a text as it is, anything else as JSON.
func (m *mock) sendJSON(t *testing.T, kind string, body any) *answer {
	t.Helper()
	return m.do(t, call{method: "POST", target: sendTo(kind), body: asJSON(t, body)})
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	if text, ok := value.(string); ok {
		return text
	}
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// part is a part of a form; a file has a fileName.
type part struct{ name, fileName, contentType, value string }

func field(name, value string) part { return part{name: name, value: value} }

func file(name, content string) part {
	return part{name: name, fileName: "file.bin", contentType: "application/octet-stream", value: content}
}

// form writes a multipart/form-data body.
func form(t *testing.T, parts ...part) (body, contentType string) {
	t.Helper()
	var b strings.Builder
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		h := textproto.MIMEHeader{}
		disposition := fmt.Sprintf(`form-data; name=%q`, p.name)
		if p.fileName != "" {
			disposition += fmt.Sprintf(`; filename=%q`, p.fileName)
			h.Set("Content-Type", p.contentType)
		}
		h.Set("Content-Disposition", disposition)
		f, err := w.CreatePart(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, p.value); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

func (m *mock) sendForm(t *testing.T, kind string, parts ...part) *answer {
	t.Helper()
	body, contentType := form(t, parts...)
	return m.do(t, call{method: "POST", target: sendTo(kind), body: body, header: []string{"Content-Type: " + contentType}})
}

// text sends a text that has to be accepted, and gives what the answer says of it.
func (m *mock) text(t *testing.T, phone, body string) object {
	t.Helper()
	return m.sendJSON(t, "text", object{"phone": phone, "body": body}).is(t, 200, "").sent()
}

// sent is what the answer to a send says of the message.
func (a *answer) sent() object {
	message, _ := a.value["message"].(object)
	return message
}

// with finds the one conversation with a phone; nil if there is none.
func (m *mock) with(t *testing.T, phone string) object {
	t.Helper()
	for _, row := range m.search(t, phone) {
		if row["phone"] == phone {
			return row
		}
	}
	return nil
}

// newest is the newest message of the conversation with a phone, and the conversation's row.
func (m *mock) newest(t *testing.T, phone string) (message, row object) {
	t.Helper()
	row = m.with(t, phone)
	if row == nil {
		t.Fatalf("no conversation with %s", phone)
	}
	thread := m.messages(t, row["id"])
	return thread[len(thread)-1], row
}

// status is a message's row in Get Message Status, nil if it has none.
func (m *mock) status(t *testing.T, id any) object {
	t.Helper()
	rows := m.rows(t, "/fetch-message-status-app?phone_number_id=123456")
	i := slices.IndexFunc(rows, func(row object) bool { return row["message_id"] == id })
	if i < 0 {
		return nil
	}
	return rows[i]
}

// hasStatus checks a message's status, and how long after the clock's beginning it was reached.
func (m *mock) hasStatus(t *testing.T, id any, want string, reached time.Duration) {
	t.Helper()
	row := m.status(t, id)
	if row["status"] != want || row["timestamp"] != sendClock.Add(reached).Format(time.RFC3339) {
		t.Errorf("message %v is %v, want %s after %v", id, row, want, reached)
	}
}

func (m *mock) advance(t *testing.T, d time.Duration) {
	t.Helper()
	if err := m.Advance(d); err != nil {
		t.Fatal(err)
	}
}

// ticket asks for an action on the ticket of a conversation.
func (m *mock) ticket(t *testing.T, conversation any, route string) *answer {
	t.Helper()
	return m.do(t, call{method: "POST", target: ticketOf(conversation), body: asJSON(t, object{"route": route})})
}

func ticketOf(conversation any) string {
	return fmt.Sprintf("/wechat/chat/events/%v?phone_number_id=123456", conversation)
}

// admin asks the control API, which has to answer with a status.
func (m *mock) admin(t *testing.T, want int, method, path, body string) *answer {
	t.Helper()
	a := m.askControl(t, method, path, body)
	if a.status != want {
		t.Fatalf("%s %s %s: %d, want %d: %s", method, path, body, a.status, want, clip(a.body))
	}
	return a
}

// askControl asks the control API, and accepts any answer.
func (m *mock) askControl(t *testing.T, method, path, body string) *answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, m.Origin+"/__admin"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	a := &answer{status: response.StatusCode, header: response.Header}
	a.readAll(t, response.Body)
	_ = json.Unmarshal(a.body, &a.value) // not every answer has a body
	return a
}

// changesNothing checks that the inbox is the same bytes after what does not succeed.
func (m *mock) changesNothing(t *testing.T, what func()) {
	t.Helper()
	before := m.get(t, listing).is(t, 200, "")
	what()
	if after := m.get(t, listing); string(after.body) != string(before.body) {
		t.Error("what was refused has changed the inbox")
	}
}

func details(answer object) object {
	d, _ := answer["details"].(object)
	return d
}

// eachSend runs a test for every send operation of the document, with a request that it accepts.
func eachSend(t *testing.T, test func(t *testing.T, op operation, r call)) {
	t.Helper()
	eachOperation(t, func(t *testing.T, op operation) {
		if op.isSend() {
			test(t, op, op.request())
		}
	})
}

// to is the request to another phone than the example's.
func (r call) to(phone string) call {
	r.body = strings.Replace(r.body, "96650000000", phone, 1)
	r.header = slices.Clone(r.header)
	return r
}
