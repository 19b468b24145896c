package seed

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"go.yaml.in/yaml/v4"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/seed/corpus"
)

// A Number is a sending number of a fixture.
type Number struct {
	ID, Phone, VerifiedName, Quality, Status string
	Created                                  time.Duration // before the start
	Conversations                            int           // how many in all, those written by hand included
	Mix                                      Mix
	Orders                                   int // how many in all, those written by hand included
	Line                                     int // in the fixture's file

	written int // conversations written by hand
}

// A Credential is a value that lets a caller in, of a security scheme of the document.
type Credential struct {
	Scheme, Value string
	Line          int    // in the fixture's file
	Path          string // there
}

// A conversation is one that is written by hand. Times are durations before the start; never is no time.
type conversation struct {
	id                   int64
	number, phone, name  string
	assignee             string
	bot                  bool
	created              time.Duration
	closed, ticketOpened time.Duration
	messages             []message
	line                 int
}

// A message of a conversation that is written by hand.
type message struct {
	kind, content                     string
	inbound                           bool
	date, delivered, readAt, failedAt time.Duration
}

const never time.Duration = -1

// maxConversations bounds one number: its rows must fit into memory.
const maxConversations = 1_000_000

// maxOrders bounds the orders of one number.
const maxOrders = 100_000

// Parse reads the text of a fixture; name is the file's, for messages. Errors are *Error.
func Parse(name string, data []byte, tables *corpus.Tables) (*Fixture, error) {
	root, d := decode(name, data)
	f := &Fixture{File: name, Digest: digest(tables, data), Tables: tables}
	o := root.object("workspace", "client_id", "hmac_secret", "default", "credentials", "numbers", "templates", "conversations", "records")
	if d.err == nil {
		f.read(o)
	}
	if d.err != nil {
		return nil, d.err
	}
	return f, nil
}

func (f *Fixture) read(o object) {
	f.Workspace = o.need("workspace").text()
	f.ClientID = o.need("client_id").text()
	f.Secret = o.need("hmac_secret").text()
	f.Default = o.get("default").truth()
	f.lines.workspace, f.lines.clientID = o.get("workspace").line(), o.get("client_id").line()
	f.lines.standard = o.get("default").line()
	f.readCredentials(o.get("credentials"))
	numbers := o.need("numbers").list()
	if o.d.err == nil && len(numbers) == 0 {
		o.get("numbers").fail("must have at least one number")
	}
	f.readNumbers(numbers)
	f.readTemplates(o.get("templates").list())
	f.readConversations(o.get("conversations").list())
	f.readRecords(o.get("records"))
	f.countWritten(numbers)
}

// readCredentials reads, for each security scheme by its name, a value or a list of them.
func (f *Fixture) readCredentials(v value) {
	if !v.present() || !v.is(yaml.MappingNode, "a mapping (security scheme: value)") {
		return
	}
	for name, given := range v.pairs() {
		values := []value{given}
		if given.node.Kind == yaml.SequenceNode {
			values = given.list()
		}
		if len(values) == 0 {
			given.fail("must not be empty: leave the key out instead")
		}
		for _, one := range values {
			c := Credential{Scheme: name, Value: one.label(), Line: one.line(), Path: one.path}
			if slices.ContainsFunc(f.Credentials, func(other Credential) bool { return other.Scheme == name && other.Value == c.Value }) {
				one.fail("must be unique")
			}
			f.Credentials = append(f.Credentials, c)
		}
	}
}

func (f *Fixture) readNumbers(list []value) {
	for _, v := range list {
		o := v.object("phone_number_id", "phone", "verified_name", "quality", "status", "created", "conversations", "mix", "orders")
		n := Number{
			ID:            o.need("phone_number_id").label(),
			Phone:         o.need("phone").phone(),
			VerifiedName:  o.need("verified_name").text(),
			Quality:       o.get("quality").word("GREEN", "GREEN", "YELLOW", "RED"),
			Status:        o.get("status").word("CONNECTED", "CONNECTED", "DISCONNECTED"),
			Created:       o.get("created").ago(),
			Conversations: -1,
			Mix:           readMix(o.get("mix")),
			Orders:        int(o.get("orders").integer(0, maxOrders)),
			Line:          o.line(),
		}
		if n.Orders > 0 && len(f.Tables.Products) == 0 {
			o.get("orders").fail("orders cannot be generated without products in texts.yaml")
		}
		if total := o.get("conversations"); total.present() {
			n.Conversations = int(total.integer(0, maxConversations))
		}
		for i := range f.Numbers {
			if f.Numbers[i].ID == n.ID {
				o.get("phone_number_id").fail("%q must be unique", n.ID)
			}
			if f.Numbers[i].Phone == n.Phone {
				o.get("phone").fail("%s must be unique", n.Phone)
			}
		}
		f.Numbers = append(f.Numbers, n)
	}
}

func (f *Fixture) number(id string) *Number {
	for i := range f.Numbers {
		if f.Numbers[i].ID == id {
			return &f.Numbers[i]
		}
	}
	return nil
}

func (f *Fixture) readTemplates(list []value) {
	for _, v := range list {
		o := v.object("id", "name", "language", "category", "status", "header", "body")
		t := sandbox.Template{
			ID:       o.need("id").integer(1, 1<<53),
			Name:     o.need("name").text(),
			Language: o.need("language").text(),
			Category: o.need("category").word("", "UTILITY", "MARKETING", "AUTHENTICATION"),
			Status:   o.get("status").word("APPROVED", "APPROVED", "PENDING", "REJECTED"),
			Header:   o.get("header").word("", "TEXT", "IMAGE", "DOCUMENT", "VIDEO", "LOCATION"),
			Body:     o.need("body").text(),
		}
		if f.template(t.ID) != nil {
			o.get("id").fail("%d must be unique", t.ID)
		}
		f.Templates = append(f.Templates, t)
	}
	slices.SortFunc(f.Templates, func(a, b sandbox.Template) int { return cmp.Compare(a.ID, b.ID) })
}

func (f *Fixture) template(id int64) *sandbox.Template {
	for i := range f.Templates {
		if f.Templates[i].ID == id {
			return &f.Templates[i]
		}
	}
	return nil
}

// countWritten fills in how many conversations of each number are written by hand, and checks the totals.
func (f *Fixture) countWritten(numbers []value) {
	for i := range f.conversations {
		if n := f.number(f.conversations[i].number); n != nil {
			n.written++
		}
	}
	for i := range f.Numbers {
		n := &f.Numbers[i]
		if n.Conversations < 0 {
			n.Conversations = n.written
		}
		if n.Conversations < n.written {
			total := value{numbers[i].d, numbers[i].node, numbers[i].path + ".conversations"}
			total.fail("must be at least %d, the number of conversations that are written by hand", n.written)
		}
		if n.Conversations > n.written && len(f.Tables.Dialogues) == 0 {
			numbers[i].fail("conversations cannot be generated without texts")
		}
	}
}

func (f *Fixture) readConversations(list []value) {
	ids, phones := map[int64]int{}, map[string]int{}
	for _, v := range list {
		o := v.object("id", "number", "phone", "name", "created", "assignee", "bot", "closed", "ticket_opened",
			"status", "unread", "messages")
		c := conversation{
			id:           o.need("id").integer(1, 1<<53),
			number:       f.numberOf(o.get("number")),
			phone:        o.need("phone").phone(),
			name:         o.get("name").text(),
			assignee:     o.get("assignee").text(),
			bot:          o.get("bot").truth(),
			created:      o.need("created").ago(),
			closed:       optional(o.get("closed")),
			ticketOpened: optional(o.get("ticket_opened")),
			line:         o.line(),
		}
		if c.assignee == "me" {
			c.assignee = f.ClientID
		}
		for _, m := range o.get("messages").list() {
			c.messages = append(c.messages, f.readMessage(m))
		}
		if o.d.err != nil {
			return
		}
		f.checkThread(&c, o)
		if line, taken := ids[c.id]; taken {
			o.get("id").fail("%d is the id of the conversation in line %d already", c.id, line)
		}
		if line, taken := phones[c.number+" "+c.phone]; taken {
			o.get("phone").fail("%s has a conversation with number %s in line %d already", c.phone, c.number, line)
		}
		ids[c.id], phones[c.number+" "+c.phone] = c.line, c.line
		f.conversations = append(f.conversations, c)
	}
	slices.SortFunc(f.conversations, func(a, b conversation) int { return cmp.Compare(a.id, b.id) })
}

func optional(v value) time.Duration {
	if !v.present() {
		return never
	}
	return v.ago()
}

// numberOf reads the sending number of a conversation: the first one when none is given.
func (f *Fixture) numberOf(v value) string {
	if !v.present() {
		if len(f.Numbers) == 0 {
			return ""
		}
		return f.Numbers[0].ID
	}
	id := v.label()
	if v.d.err == nil && f.number(id) == nil {
		v.fail("there is no phone_number_id %q under numbers", id)
	}
	return id
}

// source returns the file and line of a conversation.
func (f *Fixture) source(c *conversation) string { return fmt.Sprintf("%s:%d", f.File, c.line) }
