package exchange

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.com/awalmock/contract/document"
)

// Names of headers of webhooks. That of the event's id is inferred (I): the vendor's page breaks off before it names one. The others are those of
// Standard Webhooks 1.0.
const (
	HeaderEventID           = "X-Awal-Event-Id"
	HeaderStandardID        = "Webhook-Id"
	HeaderStandardTimestamp = "Webhook-Timestamp"
	HeaderStandardSignature = "Webhook-Signature"
)

// StandardDigest is the signature of Standard Webhooks 1.0 in base64, without its version. Its key is the secret's bytes (I).
func StandardDigest(secret, content string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(content))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Received makes an exchange of a webhook that the suite received: Sent and Body are those of the webhook, Status is the answer of the suite. at is the address to
// which the target sent it.
func (c *Client) Received(at string, r *http.Request, body []byte, status int) *Exchange {
	e := &Exchange{
		Request: &Request{Op: &document.Operation{}, Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery}, URL: at, Sent: r.Header,
		Asked: c.Now(), Answered: c.Now(), Status: status, Body: body, Size: len(body), isWebhook: true,
	}
	made := &Content{}
	var err error
	if made.Value, made.Problems, err = Decode(body); err == nil {
		e.Content = made
	}
	c.number(e)
	return e
}

// EventID is the id in the header of a webhook; "" if it has none.
func (e *Exchange) EventID() string {
	if id := e.Sent.Get(HeaderEventID); id != "" {
		return id
	}
	return e.Sent.Get(HeaderStandardID)
}

// Accepted reports whether the suite answered a webhook with 2xx.
func (e *Exchange) Accepted() bool { return e.Status >= 200 && e.Status <= 299 }

// An Event is one event in a webhook. The body of a webhook is one event, or an array of them (I).
type Event struct {
	From    *Exchange
	Name    string // such as message.received; "" for what has no name
	Fields  map[string]any
	Pointer string // in the body: "" for a body that is one event
}

// Events are the events of a webhook.
func (e *Exchange) Events() []*Event {
	if e.Content == nil {
		return nil
	}
	list, isList := e.Content.Value.([]any)
	if !isList {
		list = []any{e.Content.Value}
	}
	var out []*Event
	for i, element := range list {
		fields, ok := element.(map[string]any)
		if !ok {
			continue
		}
		v := &Event{From: e, Fields: fields}
		v.Name, _ = fields["event"].(string)
		if isList {
			v.Pointer = "/" + strconv.Itoa(i)
		}
		out = append(out, v)
	}
	return out
}

// Data is a property of the event's data; nil if there is none.
func (v *Event) Data(name string) any {
	data, _ := v.Fields["data"].(map[string]any)
	return data[name]
}

// Text is a text of the event's data; "" if there is none.
func (v *Event) Text(name string) string {
	text, _ := v.Data(name).(string)
	return text
}

// Number is a whole number of the event's data; 0 if there is none.
func (v *Event) Number(name string) int64 {
	if n := Number(v.Data(name)); n != nil {
		return *n
	}
	return 0
}

// Time is an instant of the event's data; the zero time if there is none.
func (v *Event) Time(name string) time.Time {
	at, _ := ParseTime(v.Text(name))
	return at
}

// Subject names the subject of the event: two events with the same text are one event that was sent twice. It is "" if the event has no such subject: two updates of
// a conversation may have the same content.
func (v *Event) Subject() string {
	switch {
	case v.Text("message_id") != "":
		return strings.Join([]string{v.Name, v.Text("message_id"), v.Text("status")}, " ")
	case v.Name == "conversation.created" && v.Number("conversation_id") != 0:
		return v.Name + " " + strconv.FormatInt(v.Number("conversation_id"), 10)
	}
	return ""
}
