package sandbox

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"
)

// A Replacement is records that take the place of all that a collection has. What is the same as before stays; of the others, what
// goes goes first, since it may have what another one is to have.
type Replacement struct {
	Collection string
	Rules      *CollectionRules // that have read the records
	Records    [][]Record       // in blocks; they must not be used afterwards
	// After appends the other events of the same commit; nil: there are none. It sees the records as they were.
	After func(*RecordCommand) error
}

// ReplaceRecords makes a replacement. The new state is made, and stored, while reads are answered from the old one; commands wait.
// After an error nothing has changed: a *SameError or a *ReferenceError says which record does not fit.
func (w *Workspace) ReplaceRecords(ctx context.Context, r Replacement) error {
	w.Load(r.Collection)
	if err := w.lockCommands(ctx); err != nil {
		return err
	}
	defer w.unlockCommands()
	next, err := w.newRecords(&r)
	if err != nil {
		return err
	}
	err = w.replaceRecords(ctx, &r, next)
	for n := 1; n < attempts && errors.Is(err, ErrConflict); n++ {
		if err = w.refresh(ctx); err == nil {
			err = w.replaceRecords(ctx, &r, next)
		}
	}
	return err
}

// newRecords makes a collection of the records of a replacement, by the rules in force. Commands must be locked.
func (w *Workspace) newRecords(r *Replacement) (*collection, error) {
	old, err := w.state.collection(r.Collection)
	if err != nil {
		return nil, err
	}
	if err := r.readAgain(old.rules); err != nil {
		return nil, err
	}
	next := newCollection(old.rules, w.FoldArabic)
	return next, next.fill(r.Records...)
}

// replaceRecords is one attempt. Commands must be locked, so that nothing else changes the collections.
func (w *Workspace) replaceRecords(ctx context.Context, r *Replacement, next *collection) error {
	if err := w.takeTurn(ctx); err != nil {
		return err
	}
	old, err := w.state.collection(r.Collection)
	if err != nil {
		return err
	}
	data := r.difference(old, next)
	next.last = max(next.last, old.last)
	if err := w.state.referencesWith(next); err != nil {
		return err
	}
	others, now, err := w.eventsAfter(ctx, r, int64(len(data)))
	if err != nil {
		return err
	}
	events := make([]Event, 0, len(data)+len(others))
	for _, d := range data {
		events = append(events, Event{Seq: w.state.seq + int64(len(events)) + 1, At: now, Data: d})
	}
	if events = append(events, others...); len(events) == 0 {
		return nil
	}
	bytes, err := w.hasRoom(events)
	if err != nil {
		return err
	}
	if err := w.appendDurably(ctx, events); err != nil {
		return err
	}
	return w.useRecords(next, events, others, bytes)
}

// readAgain reads the records again if other rules have come into force since.
func (r *Replacement) readAgain(rules *CollectionRules) (err error) {
	if r.Rules == rules {
		return nil
	}
	for _, records := range r.Records {
		for i := range records {
			if records[i], err = rules.Read(records[i].Text); err != nil {
				return err
			}
		}
	}
	r.Rules = rules
	return nil
}

// difference is what has to happen so that a collection has the records of another one. Those that are as they were are seeded if
// they were.
func (r *Replacement) difference(old, next *collection) []EventData {
	var data []EventData
	same := make(map[string]bool)
	for _, was := range old.all() {
		is := next.byID[was.ID]
		switch {
		case is != nil && bytes.Equal(is.Text, was.Text):
			is.seeded, is.Text, same[was.ID] = was.seeded, was.Text, true
		case is == nil || !slices.Equal(is.Unique, was.Unique):
			data = append(data, RecordDeleted{old.rules.Name, was.ID})
		}
	}
	data = slices.Grow(data, len(next.byID)-len(same))
	for _, records := range r.Records {
		for i := range records {
			if is := &records[i]; !same[is.ID] {
				is.seeded = false
				data = append(data, RecordPut{old.rules.Name, is.ID, is.Text})
			}
		}
	}
	return data
}

// referencesWith checks the references from and to a collection that takes the place of the one with its name.
func (s *state) referencesWith(next *collection) error {
	for _, of := range next.rules.References {
		if err := s.checkReference(next, &of, s.collections[of.To]); err != nil {
			return err
		}
	}
	for _, c := range s.collections {
		for _, of := range c.rules.References {
			if of.To != next.rules.Name || c.rules.Name == next.rules.Name {
				continue
			}
			if err := s.checkReference(c, &of, next); err != nil {
				return err
			}
		}
	}
	return nil
}

// eventsAfter gives the other events of a replacement, which follow so many of its own, and the instant of all of them.
func (w *Workspace) eventsAfter(ctx context.Context, r *Replacement, behind int64) ([]Event, time.Time, error) {
	now, unlock := w.read()
	defer unlock()
	if r.After == nil {
		return nil, now, nil
	}
	c := &command{Workspace: w, ctx: ctx, now: now}
	of := &RecordCommand{command: c, change: newChange(w.state, w.Client), behind: behind}
	err := r.After(of)
	return of.events, now, err
}

// appendDurably appends events, ends the turn, and waits until they are durable.
func (w *Workspace) appendDurably(ctx context.Context, events []Event) error {
	durable, err := w.Store.Append(ctx, w.Domain, w.state.seq, events)
	if w.sharedStore != nil {
		w.sharedStore.EndTurn(w.Domain)
	}
	if err == nil && durable != nil {
		err = <-durable
	}
	if err != nil {
		return &StoreError{Err: err}
	}
	return nil
}

// useRecords puts a collection in the place of the one with its name, and applies the other events of the same commit. Planned
// messages may have come since those were made, so they are applied to what is there now; nothing that is planned can hinder it.
func (w *Workspace) useRecords(next *collection, events, others []Event, bytes int64) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.runDue()
	change := w.newChange()
	if err := change.apply(others); err != nil {
		return err
	}
	w.feed.advance(now)
	changes := w.changesOfRecords(next, events[:len(events)-len(others)])
	w.state.collections[next.rules.Name] = next
	change.at = now
	change.publish(w.Machine())
	w.feed.add(changes)
	w.feed.add(change.changes)
	w.state.latest = later(w.state.latest, events[0].At)
	w.count(len(events), bytes)
	w.durableSeq = w.state.seq
	w.wake()
	return nil
}

// changesOfRecords are the changes that events of a replacement mean to readers. If they are more than are kept, readers have to read
// everything again.
func (w *Workspace) changesOfRecords(next *collection, events []Event) []Change {
	if w.feed == nil {
		return nil
	}
	if len(events) > changesKept {
		w.feed.ring.Drop()
		return nil
	}
	old := w.state.collections[next.rules.Name]
	changes := make([]Change, 0, len(events))
	for _, e := range events {
		change := Change{Seq: e.Seq, At: e.At, Collection: next.rules.Name}
		switch d := e.Data.(type) {
		case RecordPut:
			change.Kind, change.Record = ChangeRecordPut, d.ID
			change.RecordBefore, change.RecordAfter = old.byID[d.ID], next.byID[d.ID]
		case RecordDeleted:
			change.Kind, change.Record = ChangeRecordDeleted, d.ID
		}
		changes = append(changes, change)
	}
	return changes
}
