package collection

import (
	"context"
	"fmt"
	"strconv"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/spec"
)

// Create puts a new record into the workspace, made of what a request gives.
func (r *Resource) Create(ctx context.Context, w *sandbox.Workspace, body Record) (Record, error) {
	w.Load(r.Name)
	next := r.given(Create, body)
	err := w.ChangeRecords(ctx, func(c *sandbox.RecordCommand) error {
		if next[r.Key] == nil {
			if err := r.giveFreeID(c, next); err != nil {
				return err
			}
		}
		id := idText(next[r.Key])
		if c.Has(r.Name, id) {
			return &sandbox.UniqueError{Collection: r.Name, Property: r.Key, Owner: id}
		}
		r.stamp(next, c.Now(), true)
		r.upload(next, body, id)
		return r.put(c, id, nil, next)
	})
	return next, err
}

// giveFreeID gives a new record an id that no other has or has had.
func (r *Resource) giveFreeID(c *sandbox.RecordCommand, next Record) error {
	number := c.NextID(r.Name)
	if r.keyKind != integerKind {
		number = c.Sequence()
	}
	for range maxTries {
		if err := r.giveID(next, number); err != nil {
			return err
		}
		if !c.Has(r.Name, idText(next[r.Key])) {
			return nil
		}
		number++
	}
	return fmt.Errorf("%d values of %s were made, and each is that of a record: its schema allows too few", maxTries, r.Key)
}

// maxTries bounds how many ids are made until one is free.
const maxTries = 100

// replace puts what a request gives in the place of a record. What no request can give stays.
func (r *Resource) replace(role Role, old, body Record) (Record, error) {
	next := r.given(role, body)
	for name, value := range old {
		if s := r.requestProperty(role, name); s == nil || s.ReadOnly || name == r.Key {
			next[name] = value
		}
	}
	return next, nil
}

// merge changes what a request gives of a record, as RFC 7386 says; null stays where the schema allows it.
func (r *Resource) merge(role Role, old, body Record) (Record, error) {
	given := r.taken(role, body)
	next := mergePatch(old, given)
	for name, value := range given {
		p := r.property(name)
		switch {
		case value != nil || p == nil:
		case p.nullable:
			next[name] = nil
		case p.required:
			return nil, r.invalid(name, "required", "must not be null: an answer always has it")
		}
	}
	next[r.Key] = old[r.Key]
	return next, nil
}

// Change changes a record: PATCH, and PUT where the collection says so, changes what the request gives of it, another PUT puts what the
// request gives in its place.
func (r *Resource) Change(ctx context.Context, w *sandbox.Workspace, role Role, id string, body Record) (next Record, warning string, err error) {
	build := r.merge
	if role == Put && !r.putMerges {
		build = r.replace
	}
	w.Load(r.Name)
	var was Record
	err = w.ChangeRecords(ctx, func(c *sandbox.RecordCommand) error {
		kept, err := c.Record(r.Name, id)
		if err != nil {
			return err
		}
		old, err := Decode(kept.Text)
		if err != nil {
			return err
		}
		if given, has := body[r.Key]; has && r.takes(role, r.Key) && idText(given) != id {
			return r.invalid(r.Key, "key", "must be the one of the path: it cannot be changed")
		}
		if next, err = build(role, old, body); err != nil {
			return err
		}
		r.stamp(next, c.Now(), false)
		r.upload(next, body, id)
		was = old
		return r.put(c, id, old, next)
	})
	if err == nil && r.Warning != nil {
		warning = r.Warning(was, next)
	}
	return next, warning, err
}

// upload gives a record the addresses of the files that came with the request.
func (r *Resource) upload(next, body Record, id string) {
	for file, property := range r.Uploads {
		if name, _ := body[file].(string); name != "" {
			next[property] = r.Address(id, name)
		}
	}
}

// put decides that a record is put, with all that belongs to it.
func (r *Resource) put(c *sandbox.RecordCommand, id string, old, next Record) error {
	if r.BeforePut != nil {
		if err := r.BeforePut(c, id, old, next); err != nil {
			return err
		}
	}
	if err := r.complete(next, id); err != nil {
		return err
	}
	if broken := r.violations(next); len(broken) > 0 {
		return &spec.InvalidError{Violations: broken}
	}
	made, err := r.indexed(id, next)
	if err == nil {
		err = c.PutRecord(r.rules, r.Name, made)
	}
	if err == nil && r.AfterPut != nil {
		err = r.AfterPut(c, id, old, next)
	}
	return err
}

// Delete deletes a record, and gives it as it was.
func (r *Resource) Delete(ctx context.Context, w *sandbox.Workspace, id string) (old Record, err error) {
	w.Load(r.Name)
	err = w.ChangeRecords(ctx, func(c *sandbox.RecordCommand) error {
		kept, err := c.Record(r.Name, id)
		if err != nil {
			return err
		}
		if old, err = Decode(kept.Text); err != nil {
			return err
		}
		if err := c.Delete(r.Name, id); err != nil {
			return err
		}
		if r.AfterDelete != nil {
			return r.AfterDelete(c, id, old)
		}
		return nil
	})
	return old, err
}

// taken is what a request gives of a record: what its body may have, and records have.
func (r *Resource) taken(role Role, body Record) Record {
	taken := Record{}
	for name, value := range body {
		if r.takes(role, name) {
			taken[name] = value
		}
	}
	return taken
}

// given is what is taken of a request, with the defaults of its schema.
func (r *Resource) given(role Role, body Record) Record {
	next := r.taken(role, body)
	for name, value := range r.defaults[role] {
		if _, given := next[name]; !given {
			next[name] = value
		}
	}
	return next
}

// mergePatch is RFC 7386: null removes, objects are merged, anything else takes the place.
func mergePatch(old, patch Record) Record {
	next := make(Record, len(old)+len(patch))
	for name, value := range old {
		next[name] = value
	}
	for name, value := range patch {
		switch v := value.(type) {
		case nil:
			delete(next, name)
		case map[string]any:
			was, _ := next[name].(map[string]any)
			next[name] = mergePatch(was, v)
		default:
			next[name] = v
		}
	}
	return next
}

func (r *Resource) invalid(field, rule, text string) error {
	pointer := r.Pointer
	if p := r.property(field); p != nil {
		pointer = p.schemas[0].Pointer
	}
	return &spec.InvalidError{Violations: []spec.Violation{{Field: field, In: "body", Rule: rule, Text: text, Pointer: pointer}}}
}

// pages is the number of the last page that has records; 1 if there are none.
func pages(total int, limit int64) string {
	if limit < 1 {
		return "1"
	}
	return strconv.FormatInt(max(1, (int64(total)+limit-1)/limit), 10)
}
