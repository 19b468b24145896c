package receiver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/awalmock/contract/document"
)

// An object is a JSON object that is about to be sent.
type object = map[string]any

// Names of the documented events (D), and of fields that cases change.
const (
	messageReceived     = "message.received"
	messageStatus       = "message.status.updated"
	conversationCreated = "conversation.created"
	fieldMessageID      = "message_id"
	fieldStatus         = "status"
)

// A generator makes bodies from the schemas of the document. What it makes is new each time, so that no receiver takes it for an event that it knows.
type generator struct {
	webhooks []document.Webhook
	now      func() time.Time
	newID    func() string // a text that was not given before
	number   func() int64  // likewise, for ids that are integers
}

// webhook returns the webhook of a name, or nil.
func (m *generator) webhook(name string) *document.Webhook {
	if i := slices.IndexFunc(m.webhooks, func(w document.Webhook) bool { return w.Name == name }); i >= 0 {
		return &m.webhooks[i]
	}
	return nil
}

// events are the names of the documented events, without the check of the address.
func (m *generator) events() (names []string) {
	for _, w := range m.webhooks {
		if w.Name != document.Verification {
			names = append(names, w.Name)
		}
	}
	return names
}

// event makes a body of an event that fits its schema, with some fields of its data set. An event that the document does not have is an error.
func (m *generator) event(name string, data object) (object, error) {
	w := m.webhook(name)
	if w == nil {
		return nil, fmt.Errorf("the event %s, which the contract does not have", name)
	}
	body, ok := m.value("", w.Schema, 0).(object)
	if !ok {
		return nil, fmt.Errorf("the event %s as an object, which its schema is not", name)
	}
	inner, _ := body["data"].(object)
	for field, value := range data {
		if inner != nil {
			inner[field] = value
		}
	}
	return body, nil
}

// value makes a value of a schema: the example if it has one, else what its name, type, format and enum ask for.
func (m *generator) value(name string, ref *openapi3.SchemaRef, depth int) any {
	schema := document.Effective(ref)
	switch {
	case depth > document.MostNested:
		return nil
	case len(schema.Enum) > 0:
		return schema.Enum[0]
	case schema.Type.Is("object"):
		out := object{}
		for field, property := range schema.Properties {
			out[field] = m.value(field, property, depth+1)
		}
		return out
	case schema.Type.Is("array"):
		return []any{m.value(name, schema.Items, depth+1)}
	case schema.Type.Is("integer"), schema.Type.Is("number"):
		return m.number()
	case schema.Type.Is("boolean"):
		return false
	}
	return m.text(name, schema)
}

func (m *generator) text(name string, schema *openapi3.Schema) string {
	switch {
	case schema.Format == "date-time":
		return m.now().UTC().Format(time.RFC3339)
	case strings.HasPrefix(schema.Pattern, `^wamid\.`):
		return "wamid." + m.newID()
	case schema.Example != nil:
		return fmt.Sprint(schema.Example)
	case name == "from" || name == "phone_number":
		return "966500000001"
	case name == "to":
		return "966110000001"
	}
	return "Hello from the contract suite"
}

// encode writes a body as a sender does: no escapes that are not needed, no line feed.
func encode(v any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic(err) // it is made of texts, numbers, objects and lists only
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// spread is the same JSON, written otherwise: with spaces and line feeds.
func spread(body []byte) []byte {
	var out bytes.Buffer
	if err := json.Indent(&out, body, "", "  "); err != nil {
		return append([]byte(" "), body...)
	}
	return out.Bytes()
}

// escaped is the same JSON with every character beyond ASCII, and each slash, as an escape.
func escaped(body []byte) []byte {
	var out strings.Builder
	for _, r := range string(body) {
		switch {
		case r == '/':
			out.WriteString(`\/`)
		case r > 0xffff:
			fmt.Fprintf(&out, `\u%04x\u%04x`, 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff)
		case r > 0x7e:
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			out.WriteRune(r)
		}
	}
	return []byte(out.String())
}

// oneByteChanged changes the last digit of a body: it stays JSON, and means something else.
func oneByteChanged(body []byte) []byte {
	changed := bytes.Clone(body)
	i := bytes.LastIndexAny(changed, "0123456789")
	if i < 0 {
		return append(changed, ' ')
	}
	changed[i] = '0' + (changed[i]-'0'+1)%10
	return changed
}
