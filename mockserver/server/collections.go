package server

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"example.com/awalmock/mockserver/internal/collection"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/seed"
	"example.com/awalmock/mockserver/internal/spec"
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
		if number, given := c.Request.Query("phone_number_id"); given && !t.HasNumber(number) {
			return engine.Reply{}, noNumber(number)
		}
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
	if err := t.inScope(c, r, id); err != nil {
		return nil, err
	}
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
	if role == collection.Create {
		return r.Create(ctx, t.Workspace, body)
	}
	record, warning, err := r.Change(ctx, t.Workspace, role, id, body)
	if warning != "" {
		c.Warn(warning)
	}
	return record, err
}

// inScope refuses an id of a record that does not belong to what the request names, as one that is unknown.
func (t *workspaceEntry) inScope(c *engine.Call, r *collection.Resource, id string) error {
	if r.Scope == "" || id == "" || c.Request.Text(r.Scope) == "" {
		return nil
	}
	record, err := r.Get(t.Workspace, id)
	if err == nil && !r.InScope(c.Request, record) {
		_, err = r.Get(t.Workspace, "")
	}
	return err
}

// newResources makes the collections of a workspace: what its fixture has is what they begin with.
func (t *workspaceEntry) newResources(all []*collection.Collection) error {
	t.resources = map[string]*collection.Resource{}
	for _, c := range all {
		t.resources[c.Name] = t.newResource(c)
	}
	for _, name := range slices.Sorted(maps.Keys(t.fixture.Records)) {
		if t.resources[name] == nil && !isOwnCollection(name) {
			known := "it has none; x-collection makes one"
			if len(all) > 0 {
				known = "it has " + strings.Join(slices.Sorted(maps.Keys(t.resources)), ", ")
			}
			return fmt.Errorf("%s:%d: records.%s: the document has no collection of this name; %s", t.fixture.File, t.fixture.RecordsLine(), name, known)
		}
	}
	return nil
}

// isOwnCollection reports whether the project's own document has a collection: fixtures may have records of it for a document that
// lacks it.
func isOwnCollection(name string) bool {
	own, err := ownDocument()
	return err == nil && slices.ContainsFunc(own.Collections, func(x spec.Extension) bool {
		said, _ := x.Value.(map[string]any)
		return said["name"] == name
	})
}

// newResource makes a collection with what it does, and with what the fixture has of it.
func (t *workspaceEntry) newResource(c *collection.Collection) *collection.Resource {
	r := &collection.Resource{}
	if list := c.Operations[collection.List]; list != nil && resources[list.ID] != nil {
		r = resources[list.ID](t)
	}
	r.Collection, r.Invent, r.Ago = c, t.invent, seed.Ago
	before, written := r.Seeds, t.fixture.Records[c.Name]
	r.Seeds = func(begin sandbox.Beginning) ([]collection.Seed, error) {
		var seeds []collection.Seed
		for _, w := range written {
			seeds = append(seeds, collection.Seed{Value: w.Value, Where: w.Where})
		}
		if before == nil {
			return seeds, nil
		}
		more, err := before(begin)
		return append(more, seeds...), err
	}
	return r
}

// seedError reports what is wrong with a record that a collection begins with: one that is written as a record, where it is
// (located); one that the mock makes of a number or a template, which operation it belongs to.
func (t *workspaceEntry) seedError(err error) (located bool, reason error) {
	var wrong *collection.SeedError
	var lost *sandbox.ReferenceError
	if errors.As(err, &lost) {
		return true, fmt.Errorf("%s: %w", t.whereLost(lost), lost)
	}
	if !errors.As(err, &wrong) {
		return false, err
	}
	if list := t.resources[wrong.Collection].Operations[collection.List]; wrong.Where == t.fixture.File && list != nil {
		return false, fmt.Errorf("%s: %w", list.ID, wrong.Err)
	}
	return true, wrong
}

// whereLost is where a record of the fixture refers to one that is not there.
func (t *workspaceEntry) whereLost(lost *sandbox.ReferenceError) string {
	for _, w := range t.fixture.Records[lost.Collection] {
		if fmt.Sprint(w.Value[lost.Property]) == lost.ID {
			return w.Where
		}
	}
	return t.fixture.File
}

// rules are what the sandbox needs to know of the collections.
func (t *workspaceEntry) rules() []*sandbox.CollectionRules {
	var rules []*sandbox.CollectionRules
	for _, name := range slices.Sorted(maps.Keys(t.resources)) {
		rules = append(rules, t.resources[name].Rules())
	}
	return rules
}

// sampled is how many records of a collection are shown at least to find what does not fit the document.
const sampled = 1000

// checkResources shows a page of each collection, and reports what does not fit the document. records gives some by name.
func (t *workspaceEntry) checkResources(records func(name string, most int) ([]*sandbox.Record, error)) error {
	for _, name := range slices.Sorted(maps.Keys(t.resources)) {
		list, err := records(name, sampled)
		if err == nil {
			err = t.resources[name].Sample(t.Workspace, list)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
