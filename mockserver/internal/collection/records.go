package collection

import (
	"slices"
	"strings"

	"example.com/awalmock/mockserver/internal/spec"
)

// answer finds the records, or the record, in the success of an operation.
func (c *compiler) answer(role Role, op *spec.Operation) *answer {
	success := op.Success()
	if success == nil {
		c.refuseAt(op.Pointer+"/responses", "operation %s: there is no answer for success (2xx or default), which the collection %s needs", op.ID, c.made.Name)
		return &answer{}
	}
	media := success.JSON()
	if media == nil {
		if role == List || role == Read || len(success.Bodies) > 0 {
			c.refuseAt(success.Pointer, "operation %s: the answer %s has no JSON body, in which the collection %s shows its records", op.ID, success.Name(), c.made.Name)
		}
		return &answer{}
	}
	a := &answer{schema: media.Schema}
	if role == List {
		c.findList(op, a)
		return a
	}
	c.findRecord(a)
	if role == Read && a.record == nil && c.err == nil {
		c.refuseAt(media.Schema.Pointer, "operation %s: the answer has no object with the key %s", op.ID, c.text("key", true))
	}
	return a
}

// findList finds the one array of objects of a list: the whole, data, or the only one that there is.
func (c *compiler) findList(op *spec.Operation, a *answer) {
	if isList(a.schema) {
		a.record = a.schema.Items
		return
	}
	var found []string
	for _, p := range a.schema.Properties {
		if isList(p.Schema) {
			found = append(found, p.Name)
		}
	}
	switch {
	case slices.Contains(found, "data"):
		a.holder = "data"
	case len(found) == 1:
		a.holder = found[0]
	case len(found) == 0:
		c.refuseAt(a.schema.Pointer, "operation %s: the answer has no list of objects, which the collection %s shows its records in", op.ID, c.made.Name)
		return
	default:
		c.refuseAt(a.schema.Pointer, "operation %s: the answer has more than one list of objects (%s); call the one with the records data", op.ID, strings.Join(found, ", "))
		return
	}
	a.record = a.schema.Property(a.holder).Items
}

func isList(s *spec.Schema) bool {
	return s.Type == "array" && s.Items != nil && len(s.Items.Properties) > 0
}

// findRecord finds the object with the key: in data, in another property, or the whole.
func (c *compiler) findRecord(a *answer) {
	key := c.text("key", true)
	holds := func(s *spec.Schema) bool { return s != nil && s.Type != "array" && s.Property(key) != nil }
	if data := a.schema.Property("data"); holds(data) {
		a.holder, a.record = "data", data
		return
	}
	if holds(a.schema) {
		a.record = a.schema
		return
	}
	for _, p := range a.schema.Properties {
		if holds(p.Schema) {
			a.holder, a.record = p.Name, p.Schema
			return
		}
	}
}

// records finds out what properties the records have: those of each answer that shows one.
func (c *compiler) records() {
	m := c.made
	for _, role := range []Role{Read, Put, Patch, Create, Delete, List} {
		a := m.answers[role]
		if a == nil || a.record == nil || slices.Contains(m.schemas, a.record) {
			continue
		}
		m.schemas = append(m.schemas, a.record)
		m.open = m.open || a.record.Open()
		for i := range a.record.Properties {
			m.add(&a.record.Properties[i])
		}
	}
	if len(m.schemas) == 0 {
		c.refuse("", "no answer shows a record: an object with the key %s", c.text("key", true))
		return
	}
	m.defaults = map[Role]Record{}
	for _, p := range m.properties {
		p.settable, p.takenBy = m.settable(p.name), map[Role]bool{}
		for role := range m.Operations {
			p.takenBy[role] = m.bodyTakes(role, p.name)
			m.addDefault(role, p.name)
		}
		p.kind = kindOf(p.schemas[0])
		p.stamp()
	}
}

func (c *Collection) add(from *spec.Property) {
	p := c.property(from.Name)
	if p == nil {
		p = &property{name: from.Name, nullable: true}
		c.properties = append(c.properties, p)
	}
	p.schemas = append(p.schemas, from.Schema)
	p.required = p.required || from.Required && !from.Schema.WriteOnly
	p.nullable = p.nullable && from.Schema.Nullable
}

// settable reports whether a request can give a property.
func (c *Collection) settable(name string) bool {
	for _, role := range []Role{Create, Put, Patch} {
		if s := c.requestProperty(role, name); s != nil && !s.ReadOnly {
			return true
		}
	}
	return false
}

// addDefault notes the default that an operation's body has for a property.
func (c *Collection) addDefault(role Role, name string) {
	s := c.requestProperty(role, name)
	if s == nil || s.Default == nil || s.ReadOnly {
		return
	}
	if c.defaults[role] == nil {
		c.defaults[role] = Record{}
	}
	c.defaults[role][name] = s.Default
}

// takes reports whether an operation keeps a property that its body gives. What it does not keep is reported as unknown.
func (c *Collection) takes(role Role, name string) bool {
	if p := c.property(name); p != nil {
		return p.takenBy[role]
	}
	return c.open && c.bodyTakes(role, name)
}

func (c *Collection) bodyTakes(role Role, name string) bool {
	op := c.Operations[role]
	return op != nil && slices.ContainsFunc(op.Bodies, func(media *spec.Media) bool { return media.Schema.Takes(name) })
}

// requestProperty is a property as a request gives it; nil: it has none of this name.
func (c *Collection) requestProperty(role Role, name string) *spec.Schema {
	op := c.Operations[role]
	if op == nil {
		return nil
	}
	for _, media := range op.Bodies {
		if s := media.Schema.Property(name); s != nil {
			return s
		}
	}
	return nil
}

// stamp finds the instants that the clock gives: dates that no request can give.
func (p *property) stamp() {
	if p.kind != instantKind && p.kind != dateKind || p.settable {
		return
	}
	name := strings.ToLower(p.name)
	begins := func(words ...string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(name, word) })
	}
	p.updated = begins("updated", "modified", "changed", "last_updated", "lastupdated", "last_modified", "lastmodified")
	p.created = !p.updated && (p.required || begins("created", "inserted", "added"))
}
