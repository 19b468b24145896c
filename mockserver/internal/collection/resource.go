package collection

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/spec"
	"example.com/awalmock/mockserver/internal/view"
)

// A Record is a record as JSON: numbers are json.Number.
type Record = map[string]any

// Compute gives the value of a property that follows from a record and its workspace.
type Compute = func(w *sandbox.Workspace, r Record) (any, error)

// Hooks are what a resource does beyond its collection. Each may be nil.
type Hooks struct {
	// Computed are properties that are not stored: each follows from the record and the workspace.
	Computed map[string]Compute
	// Stored are properties that are kept beside those of the document, and that no answer shows.
	Stored []string
	// Defaults are the values of properties that an answer requires and no request has given.
	Defaults map[string]any
	// Scope is a property of Stored, and the parameter of that name: a request that has it concerns the records with its value only.
	// "": none.
	Scope string
	// Indexed are properties that the code looks for records by, beside those that requests can filter by.
	Indexed []string
	// References are the properties that are the id of a record of another collection, with its name. They are indexed.
	References map[string]string
	// Uploads are the files of a form, each with the property that shows its address, which Address gives.
	Uploads map[string]string
	Address func(id, fileName string) string
	// Warning says what of a change is worth a warning to the caller; "": nothing.
	Warning func(old, next Record) string
	// Customer makes the record of the customer of a conversation that begins; nil: the records are no customers. They have a unique
	// property phone, and name.
	Customer func(id int64, d sandbox.ConversationCreated, at time.Time) Record
	// Facts are properties of a record, as BeforePut or AfterDelete leaves it, that the envelope of an answer shows.
	Facts []string
	// BeforePut completes a record that is about to be put, or refuses it. Old is nil when it is a new one.
	BeforePut func(c *sandbox.RecordCommand, id string, old, next Record) error
	// AfterPut and AfterDelete decide what else happens in the same commit.
	AfterPut func(c *sandbox.RecordCommand, id string, old, next Record) error
	// AfterReplace gives what appends the other events of the commit that replaces all records.
	AfterReplace func(records [][]sandbox.Record) (after func(c *sandbox.RecordCommand) error, err error)
	AfterDelete  func(c *sandbox.RecordCommand, id string, old Record) error
}

// A Seed is a record that a collection begins with.
type Seed struct {
	Value Record
	Where string // where it is written ("workspaces/your-workspace.yaml:41: records.things[0]"), for messages
}

// A Resource is a collection of one workspace, with all that it does.
type Resource struct {
	*Collection
	Hooks
	Invent view.Invent
	// Lazy says that what Seeds gives is made when it is first asked for.
	Lazy bool
	// Seeds gives what the collection begins with; nil: nothing.
	Seeds func(begin sandbox.Beginning) ([]Seed, error)
	// Further gives records beside Seeds that follow from the workspace's conversations, which may be very many: whole, one at a time; nil:
	// none.
	Further func(begin sandbox.Beginning) iter.Seq[Record]
	// Last is the greatest id of what Further gives; nil with it.
	Last func(begin sandbox.Beginning) int64
	// Of the rows that are kept with the records.
	renderer sandbox.Renderer
	// What Rules has made, and the properties that records are found by.
	rules   *sandbox.CollectionRules
	indexes []*property
	// Ago reads how long before the start an instant of a seed lies, written "-2d"; nil: none is written so.
	Ago func(text string) (time.Duration, bool)
}

// Rules are what the workspace needs to know of the collection. They are made once, before the first request.
func (r *Resource) Rules() *sandbox.CollectionRules {
	if r.rules == nil {
		r.indexes = r.findIndexes()
		r.rules = r.makeRules()
	}
	return r.rules
}

func (r *Resource) makeRules() *sandbox.CollectionRules {
	rules := &sandbox.CollectionRules{Name: r.Name, Read: r.read, Seed: r.seed, Descending: r.descending, Lazy: r.Lazy}
	for _, p := range r.indexes {
		rules.Properties = append(rules.Properties, p.name)
	}
	if r.Scope != "" {
		rules.Properties = append(rules.Properties, r.Scope)
	}
	for _, name := range slices.Sorted(maps.Keys(r.References)) {
		if p := r.property(name); p != nil {
			rules.References = append(rules.References, sandbox.Reference{Property: name, To: r.References[name], ID: p.kind.decode})
		}
	}
	for i, p := range r.unique {
		rules.Unique = append(rules.Unique, p.name)
		if r.Customer != nil && p.name == "phone" {
			rules.Customers = &sandbox.Customers{Make: r.makeCustomer, Name: customerName, Phone: p.kind.encodeText, Unique: i}
		}
	}
	return rules
}

// makeCustomer makes the record of a customer, which has to fit the document.
func (r *Resource) makeCustomer(id int64, d sandbox.ConversationCreated, at time.Time) (sandbox.RecordText, error) {
	record := r.Customer(id, d, at)
	text, err := encode(record)
	if err == nil {
		record, err = Decode(text)
	}
	if err == nil {
		r.stamp(record, at, true)
		err = r.complete(record, idText(record[r.Key]))
	}
	if err != nil {
		return nil, err
	}
	return encode(record)
}

func customerName(text sandbox.RecordText) (string, error) {
	record, err := Decode(text)
	name, _ := record["name"].(string)
	return name, err
}

// findIndexes are the properties that records are found by.
func (r *Resource) findIndexes() []*property {
	all := slices.Clone(r.filterable)
	for _, name := range slices.Concat(r.Indexed, slices.Sorted(maps.Keys(r.References))) {
		if p := r.property(name); p != nil && !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all
}

// Filter keeps the records that have a value, as a parameter writes it, in a property that is indexed.
func (r *Resource) Filter(name, value string) sandbox.RecordFilter {
	k := textKind
	if p := r.property(name); p != nil {
		k = p.kind
	}
	return sandbox.RecordFilter{Property: name, Operator: "=", Value: k.encodeText(value)}
}

// read reads a stored record.
func (r *Resource) read(text sandbox.RecordText) (sandbox.Record, error) {
	record, err := Decode(text)
	if err != nil {
		return sandbox.Record{}, err
	}
	made, err := r.accept(record)
	if bytes.Equal(made.Text, text) {
		made.Text = text // the event's and the record's are one
	}
	return made, err
}

// accept makes a record ready to be kept, or refuses it with a *MisfitError. What the schemas require and it does not have is made,
// always the same.
func (r *Resource) accept(record Record) (sandbox.Record, error) {
	id := idText(record[r.Key])
	if id == "" {
		return sandbox.Record{}, fmt.Errorf("the record has no %s", r.Key)
	}
	if err := r.complete(record, id); err != nil {
		return sandbox.Record{}, err
	}
	if broken := r.violations(record); len(broken) > 0 {
		return sandbox.Record{}, &MisfitError{broken}
	}
	return r.indexed(id, record)
}

// Decode reads the text of a record.
func Decode(text []byte) (Record, error) {
	value, violations := spec.DecodeStrict(text)
	record, ok := value.(map[string]any)
	if len(violations) > 0 || !ok {
		return nil, errors.New("the record is no JSON object")
	}
	return record, nil
}

func encode(record Record) (sandbox.RecordText, error) {
	return view.AppendValue(make([]byte, 0, usualSize), record)
}

// idText is an id as text, "" if it is none.
func idText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// idNumber is a number for an id, from which values are made.
func idNumber(id string) int64 {
	if n, err := strconv.ParseInt(id, 10, 64); err == nil {
		return n
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(id)) // a hash cannot fail
	return int64(h.Sum64() >> 1)
}

// indexed is a record with what finding it needs.
func (r *Resource) indexed(id string, record Record) (sandbox.Record, error) {
	text, err := encode(record)
	if err != nil {
		return sandbox.Record{}, err
	}
	made := sandbox.Record{ID: id, Text: bytes.Clone(text), Key: r.keyKind.encode(record[r.Key]), Order: r.order.kind.encode(record[r.order.name])}
	for _, p := range r.indexes {
		made.Values = append(made.Values, p.kind.encode(record[p.name]))
	}
	if r.Scope != "" {
		made.Values = append(made.Values, textKind.encode(record[r.Scope]))
	}
	for _, p := range r.unique {
		value := p.kind.encode(record[p.name])
		if value == there { // an empty text is none
			value = ""
		}
		made.Unique = append(made.Unique, value)
	}
	for _, name := range r.search {
		made.Search = append(made.Search, searchText(record[name]))
	}
	return made, nil
}

// complete gives a record what the schemas require and it does not have: null where that is allowed, the default, or a value that
// is made, always the same for an id.
func (r *Resource) complete(record Record, id string) error {
	for _, p := range r.properties {
		if _, given := record[p.name]; given || !p.required || r.Computed[p.name] != nil {
			continue
		}
		given, has := r.Defaults[p.name]
		switch s := p.schemas[0]; {
		case has:
			record[p.name] = given
		case p.nullable:
			record[p.name] = nil
		case s.Default != nil:
			record[p.name] = s.Default
		default:
			value, err := r.Invent(s, r.Name, idNumber(id), p.name)
			if err != nil {
				return fmt.Errorf("property %s: %w", p.name, err)
			}
			record[p.name] = value
		}
	}
	return nil
}

// violations reports what of a record does not fit the answers that show it.
func (r *Resource) violations(record Record) []spec.Violation {
	var text []byte
	for _, s := range r.schemas {
		text = appendShown(slices.Grow(text[:0], usualSize), s, record)
		if s.AcceptsWritten(text) {
			continue
		}
		value, broken := spec.DecodeStrict(text)
		if len(broken) == 0 {
			broken = s.Violations(value)
		}
		broken = slices.DeleteFunc(broken, func(v spec.Violation) bool {
			first, _, _ := strings.Cut(v.Field, ".")
			first, _, _ = strings.Cut(first, "[")
			return r.Computed[first] != nil || v.Whole && len(r.Computed) > 0
		})
		if len(broken) > 0 {
			return broken
		}
	}
	return nil
}

// A MisfitError says that a record does not fit the answers that show it.
type MisfitError struct{ Violations []spec.Violation }

func (e *MisfitError) Error() string {
	texts := make([]string, len(e.Violations))
	for i, v := range e.Violations {
		texts[i] = v.Field + " " + v.Text
	}
	return "the record does not fit the document: " + strings.Join(texts, "; ")
}
