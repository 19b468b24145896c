package suite

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// tryBodies sends the changed bodies, and wants 200 or 400.
func (p *probe) tryBodies(op *operation, b *body, changes []bodyChange) error {
	valid, err := p.validBody(op, b)
	if err != nil {
		return err
	}
	requests := make([]*request, len(changes))
	for i, c := range changes {
		var r *request
		if c.raw != nil {
			r = c.raw(valid.with(valid.fields))
		} else {
			fields, _ := put(valid.fields, c.path, c.value).(map[string]any)
			r = valid.with(fields)
		}
		if !c.valid {
			r = r.unacceptable()
		}
		requests[i] = r
	}
	answers, err := p.askAll(requests)
	if err != nil {
		return err
	}
	for i, e := range answers {
		c := changes[i]
		if e.status == http.StatusTooManyRequests {
			continue
		}
		want, text := []int{http.StatusBadRequest}, "a body was not refused as invalid: "+c.what
		if c.valid {
			want, text = []int{http.StatusOK}, "a valid body was not accepted: "+c.what
		} else if c.raw != nil {
			want = append(want, http.StatusUnsupportedMediaType)
		}
		p.wantAt(e, c.level, text, b.place, want...)
	}
	return nil
}

// wantAt is want with a level. Where 200 is wanted, the success that the contract documents instead will do.
func (p *probe) wantAt(e *exchange, level, text, place string, statuses ...int) {
	if slices.Contains(statuses, e.status) || slices.Contains(statuses, http.StatusOK) && e.request.op != nil && e.request.op.succeeds(e.status) {
		return
	}
	var names []string
	for _, status := range statuses {
		names = append(names, statusLine(status))
	}
	p.fail(Finding{Text: text, Level: level, Expected: strings.Join(names, " or "), Actual: e.result(), Contract: Place{Pointer: place}}, e)
}

// A validBody is a request that must succeed, and its body as fields, so that it can be changed.
type validBody struct {
	request *request
	media   string
	fields  map[string]any
	order   []string // of the parts of a form
}

// with is the request with other fields.
func (v *validBody) with(fields map[string]any) *request {
	if v.media == mediaJSON {
		return v.request.withJSON(fields)
	}
	var parts []part
	for _, name := range v.order {
		switch value := fields[name].(type) {
		case nil:
		case part:
			value.name = name
			parts = append(parts, value)
		default:
			parts = append(parts, part{name: name, value: fmt.Sprint(value)})
		}
	}
	return v.request.withForm(parts...)
}

// valid is a request to a command that must succeed, in the first media type that it takes.
func (p *probe) valid(op *operation) (*request, error) {
	v, err := p.validBody(op, op.bodies[0])
	if err != nil {
		return nil, err
	}
	return v.with(v.fields), nil
}

// validBody fills in what only the target knows: who may be written to, which template there is, on which conversation a ticket may be opened.
func (p *probe) validBody(op *operation, b *body) (*validBody, error) {
	fields, _ := sample(b.schema, "", 0).(map[string]any)
	if fields == nil {
		fields = map[string]any{}
	}
	v := &validBody{media: b.media, fields: fields, order: slices.Sorted(maps.Keys(b.properties()))}
	id := int64(0)
	var err error
	for name := range b.properties() {
		switch name {
		case "phone":
			fields[name] = p.recipient()
		case "template_id":
			var t *template
			if t, err = p.template(""); err == nil {
				t.fill(fields)
			}
		case "file":
			fields[name] = fileOf("image/png", "menu.png")
		}
	}
	if err == nil && op.pathParameter() != nil {
		id, err = p.ticketConversation()
	}
	v.request = p.to(op, id)
	return v, err
}
