package server

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/seed"
	"example.com/awalmock/mockserver/internal/spec"
)

// need is what a handler takes from a request: without it every call would fail, or the handler would do something else
// than the document says.
type need struct {
	parameters []string            // by name
	optional   []string            // parameters that it acts on if they are there
	properties []string            // of the body
	words      map[string][]string // the only words of a property that it knows
}

var sendNeed = []string{"phone"}

// needs is what each handler needs. The id of a path is found by its place.
var needs = map[string]need{
	"listConversations":       {parameters: []string{"phone_number_id"}, optional: []string{"status", "searchTerm"}},
	"getConversationMessages": {parameters: []string{"phone_number_id", "id"}},
	"getMessageStatus":        {parameters: []string{"phone_number_id"}},
	"sendTextMessage":         {parameters: []string{"phone_number_id"}, properties: append(sendNeed[:1:1], "body")},
	"sendMediaMessage": {
		parameters: []string{"phone_number_id"}, properties: append(sendNeed[:1:1], "type"),
		words: map[string][]string{"type": {"image", "video", "audio", "document", "sticker"}},
	},
	"sendTemplateMessage": {parameters: []string{"phone_number_id"}, properties: append(sendNeed[:1:1], "template_id")},
	"sendButtonMessage":   {parameters: []string{"phone_number_id"}, properties: append(sendNeed[:1:1], "body_text")},
	"sendListMessage":     {parameters: []string{"phone_number_id"}, properties: append(sendNeed[:1:1], "body_text")},
	"sendLocationMessage": {parameters: []string{"phone_number_id"}, properties: append(sendNeed[:1:1], "location")},
	"sendInvoice": {
		parameters: []string{"phone_number_id"}, properties: append(sendNeed[:1:1], "message_text", "header_type"),
		words: map[string][]string{"header_type": {"TEXT", "IMAGE", "DOCUMENT", "VIDEO", "LOCATION"}},
	},
	"updateTicket": {
		parameters: []string{"phone_number_id", "id"}, properties: []string{"route"},
		words: map[string][]string{"route": {"openTicket", "closeTicket"}},
	},
}

// fits refuses a document in which an operation that the mock implements says what the code cannot do.
func (s *service) fits(set *seed.Set) error {
	for _, c := range s.collections {
		for _, op := range c.Operations {
			f := fitting{document: s.document, op: op}
			if f.headers(); f.err != nil {
				return f.err
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(needs)) {
		op := s.document.Operation(id)
		if op == nil {
			continue
		}
		f := fitting{document: s.document, op: op}
		f.answer()
		f.parameters(needs[id])
		f.body(needs[id])
		f.numbers(set)
		f.headers()
		if f.err != nil {
			return f.err
		}
	}
	return nil
}

// A fitting keeps the first thing about an operation that the code cannot do.
type fitting struct {
	document *spec.Document
	op       *spec.Operation
	err      error
}

func (f *fitting) refuse(pointer, format string, args ...any) {
	if f.err == nil {
		f.err = fmt.Errorf("%s:%d: operation %s: %s", f.document.Name, max(1, f.document.Line(pointer)), f.op.ID, fmt.Sprintf(format, args...))
	}
}

// answer wants a success with a JSON body: that is what the handlers make.
func (f *fitting) answer() {
	switch success := f.op.Success(); {
	case success == nil:
		f.refuse(f.op.Pointer+"/responses", "there is no answer for success (2xx or default), which the mock gives")
	case success.JSON() == nil:
		f.refuse(success.Pointer, "the answer %s has no JSON body, which the mock gives", success.Name())
	case success.JSON().Schema.Type != "" && success.JSON().Schema.Type != "object":
		f.refuse(success.JSON().Schema.Pointer, "the answer %s is of the type %s, and the mock gives an object", success.Name(), success.JSON().Schema.Type)
	}
}

// parameters wants each parameter that the handler reads, wherever it is, and none that takes the place of one.
func (f *fitting) parameters(n need) {
	for _, name := range n.parameters {
		p := f.parameter(name)
		switch {
		case p == nil:
			f.refuse(f.op.Pointer, "the parameter %s is missing, which says what is asked for; keep its name (it may be in the path, the query or a header)", name)
		case p.Schema.Type == "array" || p.Schema.Type == "object" || p.Schema.Type == "boolean":
			f.refuse(p.Pointer, "the parameter %s must be a text or a number, not of the type %s", name, p.Schema.Type)
		}
	}
	known := append(slices.Clone(n.parameters), n.optional...)
	for _, name := range n.optional {
		if f.parameter(name) != nil {
			continue
		}
		for _, p := range f.op.Parameters {
			if p.In == "query" && !p.Required && !slices.Contains(known, p.Name) {
				f.refuse(p.Pointer, "the mock does nothing with the parameter %s, and %s, which it acts on, is missing; keep the name %s, or remove both", p.Name, name, name)
			}
		}
	}
}

// madeHeaders are what the mock itself writes, each with a text such as it has.
var madeHeaders = map[string]string{
	"x-request-id": "req_abcdefgh2345", "x-ratelimit-limit": "60", "x-ratelimit-remaining": "59", "x-ratelimit-reset": "1705752000", "retry-after": "60",
}

// headers wants the headers that the mock itself makes to be what it makes.
func (f *fitting) headers() {
	for _, r := range f.op.Responses {
		for _, h := range r.Headers {
			if text, made := madeHeaders[strings.ToLower(h.Name)]; made && !h.Takes(text) {
				f.refuse(h.Schema.Pointer, "the header %s of the answer %s does not take what the mock sends, such as %s", h.Name, r.Name(), text)
			}
		}
	}
}

// numbers wants the parameter that names a sending number to take one of the fixtures' at least.
func (f *fitting) numbers(set *seed.Set) {
	p := f.parameter("phone_number_id")
	if p == nil {
		return
	}
	var first string
	for _, fixture := range set.Workspaces {
		for _, n := range fixture.Numbers {
			why := p.Refuses(n.ID)
			if why == "" {
				return
			}
			if first == "" {
				first = fmt.Sprintf("%s:%d: %s %s", fixture.File, n.Line, n.ID, why)
			}
		}
	}
	f.refuse(p.Schema.Pointer, "the parameter %s takes no number of the fixtures, so that every call would fail (%s); change its schema or the fixtures", p.Name, first)
}

func (f *fitting) parameter(name string) *spec.Parameter {
	if name == "id" {
		return pathID(f.op)
	}
	for _, p := range f.op.Parameters {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// pathID is the parameter that names what is asked for: id, or else the only one of the path.
func pathID(op *spec.Operation) *spec.Parameter {
	var inPath []*spec.Parameter
	for _, p := range op.Parameters {
		if p.Name == "id" {
			return p
		}
		if p.In == "path" {
			inPath = append(inPath, p)
		}
	}
	if len(inPath) == 1 {
		return inPath[0]
	}
	return nil
}

// idOf is the number that a request names what it asks for with; 0, which nothing has, if it is none.
func idOf(c *engine.Call) int64 {
	p := pathID(c.Request.Operation)
	if p == nil {
		return 0
	}
	n, _ := strconv.ParseInt(c.Request.Text(p.Name), 10, 64)
	return n
}

// body wants the properties that the handler reads, in each form of the body.
func (f *fitting) body(n need) {
	if len(n.properties) > 0 && len(f.op.Bodies) == 0 {
		f.refuse(f.op.Pointer, "there is no request body, from which the mock takes %s", strings.Join(n.properties, " and "))
	}
	for _, media := range f.op.Bodies {
		for _, name := range n.properties {
			property := media.Schema.Property(name)
			if property == nil {
				f.refuse(media.Schema.Pointer, "the body (%s) has no property %s, which the mock needs; keep its name", media.Type, name)
				continue
			}
			f.words(property, name, n.words[name])
		}
	}
}

// words wants an enum to have no word that the handler does not know.
func (f *fitting) words(s *spec.Schema, name string, known []string) {
	if known == nil {
		return
	}
	for _, word := range s.Enum {
		if text, ok := word.(string); !ok || !slices.Contains(known, text) {
			f.refuse(s.Pointer+"/enum", "the mock does not know the word %v of the property %s, but %s only", word, name, strings.Join(known, ", "))
		}
	}
}
