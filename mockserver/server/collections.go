package server

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/awalmock/mockserver/internal/collection"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/seed"
)

// collectionHandlers are the handlers of the operations that x-collection makes, by operationId.
func collectionHandlers(all []*collection.Collection) map[string]engine.Handler {
	handlers := map[string]engine.Handler{}
	for _, c := range all {
		for role, op := range c.Operations {
			handlers[op.ID] = collectionHandler(c.Name, role)
		}
	}
	return handlers
}

// collectionHandler answers an operation of a collection.
func collectionHandler(name string, role collection.Role) engine.Handler {
	return func(c *engine.Call) (engine.Reply, error) {
		t := (*workspaces)(nil).fromCaller(c.Caller)
		r := t.resources[name]
		if role == collection.List {
			return t.listRecords(c, r)
		}
		record, err := t.actOn(c, r, role)
		var taken *sandbox.UniqueError
		if errors.As(err, &taken) {
			return engine.Reply{}, &engine.Error{
				Status: http.StatusConflict, Code: "conflict", Message: "Another record of " + name + " has the same " + taken.Property + ".",
				Details: []engine.Detail{{Field: taken.Property, Text: "is that of another record already"}},
			}
		}
		if err != nil {
			return engine.Reply{}, err
		}
		body, err := r.Show(t.Workspace, role, record)
		return engine.Reply{Body: body}, err
	}
}

func (t *workspaceEntry) listRecords(c *engine.Call, r *collection.Resource) (engine.Reply, error) {
	q, err := r.Query(c.Request)
	if err != nil {
		return engine.Reply{}, err
	}
	page, err := t.Records(q)
	if err != nil {
		return engine.Reply{}, err
	}
	return engine.Reply{Stream: func(w io.Writer) error { return r.WriteList(w, t.Workspace, q, page) }}, nil
}

// actOn does what an operation does with one record, and gives the record.
func (t *workspaceEntry) actOn(c *engine.Call, r *collection.Resource, role collection.Role) (collection.Record, error) {
	ctx, id := c.HTTP.Context(), r.ID(c.Request)
	switch role {
	case collection.Read:
		return r.Get(t.Workspace, id)
	case collection.Delete:
		return r.Delete(ctx, t.Workspace, id)
	}
	body, ok := c.Request.Body().(map[string]any)
	if !ok && c.Request.Body() != nil {
		return nil, engine.Invalid(engine.Detail{Field: "body", Text: "must be an object"})
	}
	switch role {
	case collection.Create:
		return r.Create(ctx, t.Workspace, body)
	case collection.Put:
		return r.Replace(ctx, t.Workspace, id, body)
	default:
		return r.Merge(ctx, t.Workspace, id, body)
	}
}

// newResources makes the collections of a workspace: what its fixture has is what they begin with.
func (t *workspaceEntry) newResources(all []*collection.Collection) error {
	t.resources = map[string]*collection.Resource{}
	for _, c := range all {
		t.resources[c.Name] = t.newResource(c)
	}
	for _, name := range slices.Sorted(maps.Keys(t.fixture.Records)) {
		if t.resources[name] == nil {
			known := "it has none; x-collection makes one"
			if len(all) > 0 {
				known = "it has " + strings.Join(slices.Sorted(maps.Keys(t.resources)), ", ")
			}
			return fmt.Errorf("%s:%d: records.%s: the document has no collection of this name; %s", t.fixture.File, t.fixture.RecordsLine(), name, known)
		}
	}
	return nil
}

// newResource makes a collection with what it does, and with what the fixture has of it.
func (t *workspaceEntry) newResource(c *collection.Collection) *collection.Resource {
	r := &collection.Resource{}
	if list := c.Operations[collection.List]; list != nil && resources[list.ID] != nil {
		r = resources[list.ID](t)
	}
	r.Collection, r.Invent, r.Ago = c, t.invent, seed.Ago
	before, written := r.Seeds, t.fixture.Records[c.Name]
	r.Seeds = func(start time.Time) []collection.Seed {
		var seeds []collection.Seed
		if before != nil {
			seeds = before(start)
		}
		for _, w := range written {
			seeds = append(seeds, collection.Seed{Value: w.Value, Where: w.Where})
		}
		return seeds
	}
	return r
}

// seedError reports what is wrong with a record that a collection begins with: one that is written as a record, where it is
// (located); one that the mock makes of a number or a template, which operation it belongs to.
func (t *workspaceEntry) seedError(err error) (located bool, told error) {
	var wrong *collection.SeedError
	if !errors.As(err, &wrong) {
		return false, err
	}
	if list := t.resources[wrong.Collection].Operations[collection.List]; wrong.Where == t.fixture.File && list != nil {
		return false, fmt.Errorf("%s: %w", list.ID, wrong.Err)
	}
	return true, wrong
}

// rules are what the sandbox needs to know of the collections.
func (t *workspaceEntry) rules() []*sandbox.CollectionRules {
	var rules []*sandbox.CollectionRules
	for _, name := range slices.Sorted(maps.Keys(t.resources)) {
		rules = append(rules, t.resources[name].Rules())
	}
	return rules
}

// checkResources shows a page of each collection, and reports what does not fit the document. records gives the records by name.
func (t *workspaceEntry) checkResources(records func(name string) []*sandbox.Record) error {
	for _, name := range slices.Sorted(maps.Keys(t.resources)) {
		if err := t.resources[name].Sample(t.Workspace, records(name)); err != nil {
			return err
		}
	}
	return nil
}

// records are all records of a collection.
func (t *workspaceEntry) records(name string) []*sandbox.Record {
	page, err := t.Records(sandbox.RecordQuery{Collection: name})
	if err != nil {
		return nil // there is none of this name
	}
	return page.Records
}
