package collection

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/spec"
	"example.com/awalmock/mockserver/internal/view"
)

// usualSize is how many bytes most records are shown in at most.
const usualSize = 1024

// appendShown appends a value as an answer shows it: the properties of an object in the order of the schema, without those that
// are write-only; what the schema does not name only where it is open, or names none.
func appendShown(dst []byte, s *spec.Schema, v any) []byte {
	switch v := v.(type) {
	case map[string]any:
		return appendObject(dst, s, v)
	case []any:
		dst = append(dst, '[')
		for i, item := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			if s != nil && s.Items != nil {
				dst = appendShown(dst, s.Items, item)
			} else {
				dst = appendShown(dst, nil, item)
			}
		}
		return append(dst, ']')
	}
	text, err := view.AppendValue(dst, v)
	if err != nil {
		return append(dst, "null"...) // a decoded value always has a text
	}
	return text
}

func appendObject(dst []byte, s *spec.Schema, v map[string]any) []byte {
	dst = append(dst, '{')
	first := true
	member := func(name string, of *spec.Schema) {
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = appendShown(append(view.AppendString(dst, name), ':'), of, v[name])
	}
	named := 0
	if s != nil {
		for i := range s.Properties {
			p := &s.Properties[i]
			if _, has := v[p.Name]; !has {
				continue
			}
			if named++; !p.Schema.WriteOnly {
				member(p.Name, p.Schema)
			}
		}
	}
	if named < len(v) && (s == nil || s.Open() || len(s.Properties) == 0) {
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if s == nil || s.Property(name) == nil {
				member(name, nil)
			}
		}
	}
	return append(dst, '}')
}

// render is a record as an answer shows it, with what is computed.
func (r *Resource) render(w *sandbox.Workspace, s *spec.Schema, record Record) ([]byte, error) {
	if len(r.Computed) > 0 {
		record = maps.Clone(record)
		for name, compute := range r.Computed {
			if s.Property(name) == nil {
				continue
			}
			value, err := compute(w, record)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			record[name] = value
		}
	}
	return appendShown(make([]byte, 0, usualSize), s, record), nil
}

// shown is render for a record that has to fit the schema.
func (r *Resource) shown(w *sandbox.Workspace, s *spec.Schema, record Record) ([]byte, error) {
	text, err := r.render(w, s, record)
	if err != nil {
		return nil, err
	}
	if s.AcceptsWritten(text) {
		return text, nil
	}
	value, broken := spec.DecodeStrict(text)
	if len(broken) == 0 {
		broken = s.Violations(value)
	}
	return nil, fmt.Errorf("record %s of %s: %w", idText(record[r.Key]), r.Name, &view.UnfitError{Reason: (&MisfitError{broken}).Error(), Pointer: broken[0].Pointer})
}

// WriteList writes the answer to a list: a page that a query has found.
func (r *Resource) WriteList(to io.Writer, w *sandbox.Workspace, q sandbox.RecordQuery, page sandbox.RecordPage) error {
	a := r.answers[List]
	around := envelope{resource: r, answer: a, id: 0, facts: pageFacts(q, page)}
	before, behind, err := around.text()
	if err != nil {
		return err
	}
	if _, err := to.Write(before); err != nil {
		return err
	}
	between := opening
	for _, kept := range page.Records {
		if _, err := to.Write(between); err != nil {
			return err
		}
		between = comma
		row, err := r.row(w, kept)
		if err != nil {
			return err
		}
		if _, err := to.Write(row); err != nil {
			return err
		}
	}
	if len(page.Records) == 0 {
		if _, err := to.Write(opening); err != nil {
			return err
		}
	}
	if _, err := to.Write(closing); err != nil {
		return err
	}
	_, err = to.Write(behind)
	return err
}

// What is around and between the rows of a list.
var opening, comma, closing = []byte{'['}, []byte{','}, []byte{']'}

// row is a record as a list shows it. It is kept with the record, if it follows from nothing else.
func (r *Resource) row(w *sandbox.Workspace, kept *sandbox.Record) ([]byte, error) {
	s := r.answers[List].record
	if row, has := kept.Rendered.Get(&r.renderer, 0); has {
		return row, nil
	}
	record, err := Decode(kept.Text)
	if err != nil {
		return nil, err
	}
	row, err := r.shown(w, s, record)
	if err == nil && !r.computes(s) {
		row = bytes.Clone(row) // without the room that it was written in
		kept.Rendered.Put(&r.renderer, row, 0)
	}
	return row, err
}

// computes reports whether a record has a property that is computed.
func (r *Resource) computes(s *spec.Schema) bool {
	for name := range r.Computed {
		if s.Property(name) != nil {
			return true
		}
	}
	return false
}

// Show is the answer of an operation about one record; nil when it has no body.
func (r *Resource) Show(w *sandbox.Workspace, role Role, record Record) ([]byte, error) {
	a := r.answers[role]
	if a.schema == nil {
		return nil, nil
	}
	var text []byte
	if a.record != nil {
		var err error
		if text, err = r.render(w, a.record, record); err != nil {
			return nil, err
		}
	}
	facts := func(name string) string {
		if name == "message" {
			return messages[role]
		}
		if record[name] == nil || !slices.Contains(r.Facts, name) {
			return ""
		}
		fact, _ := view.Marshal(record[name]) // a decoded value always has a text
		return string(fact)
	}
	around := envelope{resource: r, answer: a, id: idNumber(idText(record[r.Key])), facts: facts}
	before, behind, err := around.text()
	if err != nil {
		return nil, err
	}
	text = slices.Concat(before, text, behind)
	if !a.schema.AcceptsWritten(text) {
		if a.record != nil {
			if _, err := r.shown(w, a.record, record); err != nil {
				return nil, err
			}
		}
		value, _ := spec.DecodeStrict(text)
		broken := a.schema.Violations(value)
		return nil, &view.UnfitError{Reason: (&MisfitError{broken}).Error(), Pointer: a.schema.Pointer}
	}
	return text, nil
}

// messages are what the property message of an answer says.
var messages = map[Role]string{Create: `"Created."`, Put: `"Updated."`, Patch: `"Updated."`, Delete: `"Deleted."`}

// An envelope is the part of an answer around its records.
type envelope struct {
	resource *Resource
	answer   *answer
	id       int64
	facts    func(name string) string // texts of properties that are known; "": it is not
}

// usualEnvelope is how many bytes most envelopes have at most.
const usualEnvelope = 256

// text is the part before and the part after the records.
func (e *envelope) text() (before, behind []byte, err error) {
	if e.answer.holder == "" && e.answer.record != nil {
		return nil, nil, nil
	}
	text, at, err := e.object(make([]byte, 0, usualEnvelope), e.answer.schema, true)
	if err != nil {
		return nil, nil, err
	}
	if at < 0 {
		return text, nil, nil
	}
	return slices.Clip(text[:at]), text[at:], nil
}

// object appends an object of the envelope; at is where the records belong in it, -1 if nowhere.
func (e *envelope) object(dst []byte, s *spec.Schema, outermost bool) (_ []byte, at int, err error) {
	at = -1
	dst = append(dst, '{')
	first := true
	for i := range s.Properties {
		p := &s.Properties[i]
		var text []byte
		holds := outermost && e.answer.record != nil && p.Name == e.answer.holder
		if !holds {
			if text, err = e.value(p); err != nil {
				return nil, 0, err
			}
			if text == nil {
				continue
			}
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		if dst = append(view.AppendString(dst, p.Name), ':'); holds {
			at = len(dst)
		}
		dst = append(dst, text...)
	}
	return append(dst, '}'), at, nil
}

// value is the text of a property of the envelope; nil: it is left out.
func (e *envelope) value(p *spec.Property) ([]byte, error) {
	known := []byte(e.facts(p.Name))
	switch s := p.Schema; {
	case s.WriteOnly:
		return nil, nil
	case len(known) > 0 && s.AcceptsWritten(known):
		return known, nil
	case s.Type == "boolean" && slices.Contains([]string{"status", "success", "ok"}, p.Name):
		return []byte("true"), nil
	case s.Type == "object" && len(s.Properties) > 0 && (p.Required || e.hasFacts(s)):
		text, _, err := e.object(nil, s, false)
		return text, err
	case !p.Required:
		return nil, nil
	case s.Nullable:
		return []byte("null"), nil
	default:
		value, err := e.resource.Invent(s, e.resource.Name, e.id, p.Name)
		if err != nil {
			return nil, fmt.Errorf("property %s: %w", p.Name, err)
		}
		return view.Marshal(value)
	}
}

// hasFacts reports whether an object has a property that is known.
func (e *envelope) hasFacts(s *spec.Schema) bool {
	return slices.ContainsFunc(s.Properties, func(p spec.Property) bool { return e.facts(p.Name) != "" })
}

// pageFacts are what is known of a page, by the names that it goes by.
func pageFacts(q sandbox.RecordQuery, page sandbox.RecordPage) func(name string) string {
	return func(name string) string {
		switch name {
		case "current_page", "page", "currentPage":
			return strconv.FormatInt(max(q.Page, 1), 10)
		case "per_page", "limit", "page_size", "perPage", "pageSize":
			if q.Limit < 1 {
				return strconv.Itoa(max(1, page.Total))
			}
			return strconv.FormatInt(q.Limit, 10)
		case "total", "total_count", "totalCount", "total_items", "totalItems":
			return strconv.Itoa(page.Total)
		case "count":
			return strconv.Itoa(len(page.Records))
		case "last_page", "total_pages", "lastPage", "totalPages", "pages":
			return pages(page.Total, q.Limit)
		}
		return ""
	}
}

// sampled is how many records are shown to find what does not fit.
const sampled = 1000

// Sample shows a page of records, so that what does not fit the document is found before a request finds it.
func (r *Resource) Sample(w *sandbox.Workspace, records []*sandbox.Record) error {
	a := r.answers[List]
	if a == nil {
		return nil
	}
	q := sandbox.RecordQuery{Collection: r.Name, Page: 1, Limit: sampled}
	page := sandbox.RecordPage{Records: records[:min(len(records), sampled)], Total: len(records)}
	var text bytes.Buffer
	if err := r.WriteList(&text, w, q, page); err != nil {
		return err
	}
	if a.schema.AcceptsWritten(text.Bytes()) {
		return nil
	}
	value, broken := spec.DecodeStrict(text.Bytes())
	if len(broken) == 0 {
		broken = a.schema.Violations(value)
	}
	return &view.UnfitError{Reason: (&MisfitError{broken}).Error(), Pointer: broken[0].Pointer}
}
