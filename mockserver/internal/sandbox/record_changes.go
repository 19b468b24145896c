package sandbox

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"time"
)

// recordOf names a record, or a value that a record has for itself.
type recordOf struct{ collection, id string }

type valueOf struct {
	collection string
	unique     int // index of CollectionRules.Unique
	value      string
}

// recordChanges are what a change makes of records.
type recordChanges struct {
	versions map[recordOf]*Record // nil: deleted
	taken    map[valueOf]string   // who has a value now; "": none
	last     map[string]int64     // the greatest id, by collection
}

// A UniqueError says that another record has a value already that no two records have in common.
type UniqueError struct{ Collection, Property, Owner string }

func (e *UniqueError) Error() string {
	return fmt.Sprintf("record %s of %s has the same %s", e.Owner, e.Collection, e.Property)
}

func (c *change) collection(name string) (*collection, error) {
	in := c.state.collections[name]
	if in == nil {
		return nil, fmt.Errorf("there is no collection %s", name)
	}
	if err := in.ready(); err != nil {
		return nil, err
	}
	if c.records.versions == nil {
		c.records = recordChanges{map[recordOf]*Record{}, map[valueOf]string{}, map[string]int64{}}
	}
	return in, nil
}

// version is a record as the change leaves it; nil: there is none.
func (c *change) version(in *collection, id string) *Record {
	if r, changed := c.records.versions[recordOf{in.rules.Name, id}]; changed {
		return r
	}
	return in.byID[id]
}

func (c *change) nextID(in *collection) int64 {
	if last := max(in.last, c.records.last[in.rules.Name]); last < math.MaxInt64 {
		return last + 1
	}
	id := int64(1)
	for c.version(in, strconv.FormatInt(id, 10)) != nil {
		id++
	}
	return id
}

// owner is the id of who has a value as the change leaves it; "": none.
func (c *change) owner(in *collection, unique int, value string) string {
	if id, changed := c.records.taken[valueOf{in.rules.Name, unique, value}]; changed {
		return id
	}
	return in.unique[unique][value]
}

func (d RecordPut) apply(c *change) error {
	in, err := c.collection(d.Collection)
	if err != nil {
		return err
	}
	var r Record
	if c.read != nil {
		r = *c.read
	} else if r, err = in.rules.Read(d.Record); err != nil {
		return err
	}
	if r.ID != d.ID {
		return fmt.Errorf("the record has the id %s, and is to be put as %s", r.ID, d.ID)
	}
	for i, value := range r.Unique {
		if owner := c.owner(in, i, value); value != "" && owner != "" && owner != d.ID {
			return &UniqueError{d.Collection, in.rules.Unique[i], owner}
		}
	}
	c.free(in, d.ID)
	for i, value := range r.Unique {
		c.records.taken[valueOf{d.Collection, i, value}] = d.ID
	}
	c.records.versions[recordOf{d.Collection, d.ID}] = &r
	c.records.last[d.Collection] = max(c.records.last[d.Collection], wholeID(d.ID))
	return nil
}

// free gives back what a record has for itself.
func (c *change) free(in *collection, id string) {
	old := c.version(in, id)
	if old == nil {
		return
	}
	for i, value := range old.Unique {
		c.records.taken[valueOf{in.rules.Name, i, value}] = ""
	}
}

func (d RecordDeleted) apply(c *change) error {
	in, err := c.collection(d.Collection)
	switch {
	case err != nil:
		return err
	case c.version(in, d.ID) == nil:
		return fmt.Errorf("there is no record %s in %s", d.ID, d.Collection)
	}
	c.free(in, d.ID)
	c.records.versions[recordOf{d.Collection, d.ID}] = nil
	return nil
}

// publishRecords puts the new versions in the place of the old ones.
func (c *change) publishRecords() {
	for of, r := range c.records.versions {
		if r == nil {
			c.state.collections[of.collection].remove(of.id)
		} else {
			c.state.collections[of.collection].put(r)
		}
	}
	for name, last := range c.records.last {
		in := c.state.collections[name]
		in.last = max(in.last, last)
	}
}

// A RecordCommand changes records, while nothing else changes the workspace. Its changes become events of one commit. It is of no use when the function that got it has returned.
type RecordCommand struct {
	command *command
	change  *change // the state with the events so far
	events  []Event
	behind  int64 // how many other events come before these
}

// ChangeRecords commits the changes of records that do makes. After an error of do nothing has changed.
func (w *Workspace) ChangeRecords(ctx context.Context, do func(*RecordCommand) error) error {
	return w.run(ctx, func(c *command) error {
		r := &RecordCommand{command: c, change: c.newChange()}
		if err := do(r); err != nil || len(r.events) == 0 {
			return err
		}
		bytes, err := c.hasRoom(r.events)
		if err != nil {
			return err
		}
		return c.keep(r.change, r.events, nil, bytes)
	})
}

// Now is the instant of the events of the command.
func (r *RecordCommand) Now() time.Time { return r.command.now }

// Record is a record after the events of the command so far.
func (r *RecordCommand) Record(collection, id string) (*Record, error) {
	if changed, known := r.change.records.versions[recordOf{collection, id}]; known && changed != nil {
		return changed, nil
	} else if known {
		return nil, refuse(NotFound, "", "There is nothing with this id in %s of this workspace.", collection)
	}
	return r.command.state.record(collection, id)
}

// Has reports whether there is a record, after the events of the command so far.
func (r *RecordCommand) Has(collection, id string) bool {
	in, err := r.change.collection(collection)
	return err == nil && r.change.version(in, id) != nil
}

// All are the records of a collection before the command changes anything, in the order of its list.
func (r *RecordCommand) All(collection string) []*Record {
	c, err := r.command.state.collection(collection)
	if err != nil {
		return nil
	}
	return c.all()
}

// Find are the records of a collection that fit a filter, before the command changes anything.
func (r *RecordCommand) Find(collection string, filter RecordFilter) ([]*Record, error) {
	c, err := r.command.state.collection(collection)
	if err != nil {
		return nil, err
	}
	keep, err := c.matcher([]RecordFilter{filter}, term{})
	if err != nil {
		return nil, err
	}
	var found []*Record
	for _, b := range c.rows.blocks {
		for i := range b {
			if keep(&b[i]) {
				found = append(found, b[i].Record)
			}
		}
	}
	return found, nil
}

// NextID is a whole number that is greater than any that has been an id in the collection. When the greatest of 64 bits has been one, it
// is the smallest that is free.
func (r *RecordCommand) NextID(collection string) int64 {
	in, err := r.change.collection(collection)
	if err != nil {
		return 1
	}
	return r.change.nextID(in)
}

// Put appends the event that puts a record in the place of the one with its id, if there is one. A *UniqueError says that another one has
// something that no two may have.
func (r *RecordCommand) Put(collection, id string, text RecordText) error {
	return r.Append(RecordPut{collection, id, text})
}

// PutRecord is Put for a record as the rules give it. When other rules have come into force, it is read again.
func (r *RecordCommand) PutRecord(rules *CollectionRules, collection string, record Record) error {
	if in := r.command.state.collections[collection]; in != nil && in.rules == rules {
		r.change.read = &record
		defer func() { r.change.read = nil }()
	}
	return r.Put(collection, record.ID, record.Text)
}

// Delete appends the event that deletes a record.
func (r *RecordCommand) Delete(collection, id string) error {
	return r.Append(RecordDeleted{collection, id})
}

// Append appends another event.
func (r *RecordCommand) Append(data EventData) error {
	e := Event{Seq: r.Sequence(), At: r.command.now, Data: data}
	if err := r.change.try(e); err != nil {
		return err
	}
	r.events = append(r.events, e)
	return nil
}

// Sequence is the number of the next event of the command.
func (r *RecordCommand) Sequence() int64 {
	return r.command.state.seq + r.behind + int64(len(r.events)) + 1
}
