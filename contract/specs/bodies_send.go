package specs

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
)

// tryBodies sends the changed bodies, and expects 200 for valid ones and 400 for the others.
func (t *T) tryBodies(op *document.Operation, b *document.Body, changes []bodyChange) error {
	valid, err := t.validBody(op, b)
	if err != nil {
		return err
	}
	if changes, err = t.withinRateLimit(op, valid, changes); err != nil {
		return err
	}
	if op.ID == document.UpdateOrder {
		t.orderToChange()
	}
	requests := make([]*exchange.Request, len(changes))
	for i, c := range changes {
		var r *exchange.Request
		if c.raw != nil {
			r = c.raw(valid.with(valid.fields))
		} else {
			fields, _ := put(valid.fields, c.path, c.value).(map[string]any)
			maps.Copy(fields, c.others)
			r = valid.with(fields)
		}
		if !c.valid || mayConflict(op) || len(c.alsoRight) > 0 {
			r = r.MayBeRefused()
		}
		requests[i] = r
	}
	answers, err := t.AskAll(requests)
	if err != nil {
		return err
	}
	for i, e := range answers {
		c := changes[i]
		if e.Status == http.StatusTooManyRequests {
			continue
		}
		want, text := []int{http.StatusBadRequest}, "a body was not refused as invalid: "+c.what
		if c.valid {
			want, text = []int{http.StatusOK}, "a valid body was not accepted: "+c.what
			if mayConflict(op) {
				want = append(want, http.StatusConflict)
			}
		} else if c.raw != nil {
			want = append(want, http.StatusUnsupportedMediaType)
		}
		t.wantAt(e, c.level, text, b.Place, append(want, c.alsoRight...)...)
	}
	return nil
}

// withinRateLimit are the changes that the rate limit of the operation has room for: all, or one that the seed chooses if the limit is small. The limit in
// X-RateLimit-Limit counts; if the target has not sent one yet, the valid body is sent first.
func (t *T) withinRateLimit(op *document.Operation, valid *validBody, changes []bodyChange) ([]bodyChange, error) {
	if !t.Small(op) {
		return changes, nil
	}
	if t.Client.LimitOf(op) == 0 {
		if _, err := t.Ask(valid.with(valid.fields)); err != nil {
			return nil, err
		}
	}
	if !t.Small(op) {
		return changes, nil
	}
	at := t.Rand.IntN(len(changes))
	return changes[at : at+1], nil
}

// mayConflict reports whether a valid body may be answered with 409, as openTicket is if the ticket is open already.
func mayConflict(op *document.Operation) bool {
	return op.Responses[http.StatusConflict] != nil && !managesRecords(op)
}

// wantAt records a finding unless the answer has one of the statuses. level may be weaker than that of the requirement, place is where the contract says so.
func (t *T) wantAt(e *exchange.Exchange, level, text, place string, statuses ...int) {
	if e.Status == http.StatusGone && e.Request.Op != nil && e.Request.Op.Gone(e.Answered) {
		return // as VERSION-GONE demands
	}
	if slices.Contains(statuses, e.Status) || e.Request.Op != nil && e.Request.Op.Answers(e.Status, statuses...) {
		return
	}
	var names []string
	for _, status := range statuses {
		names = append(names, exchange.StatusLine(status))
	}
	t.Fail(judge.Finding{Text: text, Level: level, Expected: strings.Join(names, " or "), Actual: e.Result(), Contract: document.Place{Pointer: place}}, e)
}

// A validBody is a request that must succeed. It has its body as fields, so that a spec can change them.
type validBody struct {
	request *exchange.Request
	media   string
	fields  map[string]any
	order   []string // of the parts of a form
	phone   func() string
}

// with returns the request with a body of other fields.
func (v *validBody) with(fields map[string]any) *exchange.Request {
	if v.media == exchange.MediaJSON {
		return v.request.WithJSON(fields)
	}
	var parts []exchange.Part
	for _, name := range v.order {
		switch value := fields[name].(type) {
		case nil:
		case newPhone:
			parts = append(parts, exchange.Part{Name: name, Value: v.phone()})
		case exchange.Part:
			value.Name = name
			parts = append(parts, value)
		default:
			parts = append(parts, exchange.Part{Name: name, Value: fmt.Sprint(value)})
		}
	}
	return v.request.WithForm(parts...)
}

// valid is a request to a command that must succeed, with a body of its first media type.
func (t *T) valid(op *document.Operation) (*exchange.Request, error) {
	if len(op.Bodies) == 0 { // a DELETE
		id, err := t.recordToWrite(op)
		return t.To(op, id).MayBeRefused(), err
	}
	v, err := t.validBody(op, op.Bodies[0])
	if err != nil {
		return nil, err
	}
	return v.with(v.fields), nil
}

// validBody makes a valid body from the schema, and fills in what depends on the target: a phone of --send-to, the id of a template, of an order or of a
// conversation.
func (t *T) validBody(op *document.Operation, b *document.Body) (*validBody, error) {
	fields, _ := sample(b.Schema, "", 0).(map[string]any)
	if fields == nil {
		fields = map[string]any{}
	}
	v := &validBody{media: b.Media, fields: fields, phone: t.newPhone, order: slices.Sorted(maps.Keys(b.Properties()))}
	id := int64(0)
	var err error
	for name := range b.Properties() {
		switch name {
		case "phone":
			switch _, required := fields[name]; {
			case !managesRecords(op):
				fields[name] = t.recipient()
			case required:
				fields[name] = newPhone{}
			}
		case "template_id":
			var tmpl *template
			if tmpl, err = t.template(""); err == nil {
				tmpl.fill(fields)
			}
		}
	}
	if _, named := b.Properties()["name"]; named && managesRecords(op) {
		fields["name"] = "Suite اختبار" // also where nothing is required, so that there is something to change
	}
	addFiles(b, fields)
	switch {
	case err != nil:
	case op.ID == document.UpdateOrder:
		id, err = t.fillOrder(v)
	case op.ID == document.SendInvoice:
		fillHeader(fields)
	case op.PathParameter() == nil:
	case managesRecords(op):
		id, err = t.recordToWrite(op)
	default:
		id, err = t.ticketConversation()
	}
	v.request = t.To(op, id)
	return v, err
}

// addFiles puts a small file, of the kind that the body says, into each required property that is a file.
func addFiles(b *document.Body, fields map[string]any) {
	for name := range fields {
		schema := document.Effective(b.Properties()[name])
		if schema.Format != "binary" {
			continue
		}
		media := "image/png"
		if rules := fileRulesOf(schema); rules != nil {
			if formats := rules.Rules[fmt.Sprint(fields[rules.Property])].MediaTypes; len(formats) > 0 {
				media = formats[0]
			}
		}
		fields[name] = fileOf(media)
	}
}
