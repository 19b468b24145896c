package seed

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"example.com/awalmock/mockserver/internal/sandbox"
)

// Content keys of a message by its type: the first one that is given makes the content. A template and a location have
// rules of their own.
var contentKeys = map[string][]string{
	"text":     {"text"},
	"image":    {"caption", "link", "file"},
	"video":    {"caption", "link", "file"},
	"audio":    {"link", "file"},
	"document": {"caption", "link", "file"},
	"sticker":  {"link", "file"},
	"location": {"latitude", "longitude"},
	"template": {"template", "params"},
	"button":   {"text"},
	"list":     {"text"},
}

// messageTypes in the order in which messages about them name them.
var messageTypes = []string{
	"text", "image", "video", "audio", "document", "sticker", "location", "template", "button", "list",
}

func (f *Fixture) readMessage(v value) message {
	o := v.object("from", "type", "text", "caption", "link", "file", "latitude", "longitude", "template", "params",
		"at", "delivered", "read", "failed")
	m := message{
		inbound: o.need("from").word("", "customer", "business") == "customer",
		kind:    o.get("type").word("text", messageTypes...),
		date:    o.need("at").ago(),
	}
	m.delivered, m.readAt, m.failedAt = since(o.get("delivered"), m.date), since(o.get("read"), m.date), since(o.get("failed"), m.date)
	if o.d.err != nil {
		return m
	}
	for _, key := range [...]string{"text", "caption", "link", "file", "latitude", "longitude", "template", "params"} {
		if field := o.get(key); field.present() && !slices.Contains(contentKeys[m.kind], key) {
			field.fail("does not belong to a message of type %s: it takes %s", m.kind, strings.Join(contentKeys[m.kind], ", "))
		}
	}
	m.content = f.content(m.kind, o)
	checkTimes(&m, o)
	return m
}

func since(v value, date time.Duration) time.Duration {
	if !v.present() {
		return never
	}
	return v.after(date)
}

// content is what the API shows as the message's content: of a text its words (E), of anything else a guess (I).
func (f *Fixture) content(kind string, o object) string {
	switch kind {
	case "location":
		return coordinates(o.need("latitude").degrees(90), o.need("longitude").degrees(180))
	case "template":
		return f.filled(o)
	case "text", "button", "list":
		return o.need("text").text()
	}
	content := ""
	for _, key := range contentKeys[kind] {
		if text := o.get(key).text(); content == "" {
			content = text
		}
	}
	if content == "" {
		o.fail("a message of type %s needs one of %s", kind, strings.Join(contentKeys[kind], ", "))
	}
	return content
}

// coordinates is the content of a location.
func coordinates(latitude, longitude float64) string {
	return strconv.FormatFloat(latitude, 'f', -1, 64) + "," + strconv.FormatFloat(longitude, 'f', -1, 64)
}

// filled is the text of a template with its parameters filled in: a list for {{1}}, {{2}}, a mapping for {{name}}.
func (f *Fixture) filled(o object) string {
	id := o.need("template").integer(1, 1<<53)
	t := f.template(id)
	if o.d.err == nil && t == nil {
		o.get("template").fail("there is no template %d under templates", id)
	}
	params := map[string]string{}
	list := o.get("params")
	if list.present() && list.node.Kind == yaml.MappingNode {
		for key, v := range list.pairs() {
			params[key] = v.label()
		}
	} else {
		for i, v := range list.list() {
			params[strconv.Itoa(i+1)] = v.label()
		}
	}
	if o.d.err != nil {
		return ""
	}
	text, missing, unused := t.Fill(params)
	if len(unused) > 0 {
		list.fail("template %d has no parameter {{%s}}", id, unused[0])
	}
	if len(missing) > 0 {
		o.fail("params lacks {{%s}} of template %d", missing[0], id)
	}
	return text
}

// checkTimes completes and checks the instants of one message. All are before the start, so an earlier instant is a
// longer time.
func checkTimes(m *message, o object) {
	if m.delivered == never && m.readAt != never && !m.inbound {
		m.delivered = m.readAt
	}
	if m.inbound {
		for _, key := range [...]string{"delivered", "failed"} {
			if field := o.get(key); field.present() {
				field.fail("belongs to a message from the business")
			}
		}
	}
	if m.failedAt != never && (m.delivered != never || m.readAt != never) {
		o.get("failed").fail("a message that failed was neither delivered nor read")
	}
	for _, t := range [...]struct {
		key       string
		at, after time.Duration
	}{
		{"read", m.readAt, m.date},
		{"delivered", m.delivered, m.date},
		{"failed", m.failedAt, m.date},
		{"read", m.readAt, m.delivered},
	} {
		switch {
		case t.at == never || t.after == never:
		case t.at < 0:
			o.get(t.key).fail("lies after the start")
		case t.at > t.after:
			o.get(t.key).fail("lies before what it follows")
		}
	}
}

// checkThread checks a conversation's messages against each other and against what the file says about it.
func (f *Fixture) checkThread(c *conversation, o object) {
	list := o.get("messages").list()
	for i := range c.messages {
		m := &c.messages[i]
		if i == 0 && m.date > c.created {
			list[i].fail("at lies before the conversation was created")
		}
		if i > 0 && m.date > c.messages[i-1].date {
			list[i].fail("at lies before the previous message: write the oldest message first")
		}
	}
	readThread(c, o)
	if n := len(c.messages); n > 0 && c.closed > c.messages[n-1].date {
		o.get("closed").fail("lies before the last message, which would have opened it again")
	}
	if c.closed > c.created || c.ticketOpened > c.created {
		o.fail("closed and ticket_opened must not lie before created")
	}
	if c.closed != never && c.ticketOpened != never {
		o.get("ticket_opened").fail("a closed conversation has no open ticket")
	}
	f.checkExpected(c, o)
}

// readThread completes and checks when inbound messages were read: an agent who answers has read what came before, and
// reading goes in order.
func readThread(c *conversation, o object) {
	answered := never
	for i := len(c.messages) - 1; i >= 0; i-- {
		m := &c.messages[i]
		if !m.inbound {
			answered = m.date
			continue
		}
		if m.readAt == never {
			m.readAt = answered
		}
		if m.readAt < answered {
			o.get("messages").fail("messages[%d] is read only after it was answered", i)
		}
	}
	unread := -1
	for i := range c.messages {
		switch m := &c.messages[i]; {
		case !m.inbound:
		case m.readAt == never:
			unread = i
		case unread >= 0:
			o.get("messages").fail("messages[%d] is read, but the earlier messages[%d] is not", i, unread)
		}
	}
}

// checkExpected compares what the author says the conversation starts with, `status` and `unread`, with what it does.
func (f *Fixture) checkExpected(c *conversation, o object) {
	start := time.Unix(1<<31, 0).UTC()
	row := c.row(start)
	if v := o.get("unread"); v.present() {
		if want := v.integer(0, 1<<31); v.d.err == nil && int(want) != row.Unread {
			v.fail("the messages leave %d unread", row.Unread)
		}
	}
	if v := o.get("status"); v.present() {
		want := v.word("", statusWords...)
		if is := row.Status(start, f.ClientID); v.d.err == nil && sandbox.Status(want) != is {
			v.fail("the conversation starts as %s", is)
		}
	}
}
