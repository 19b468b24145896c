package sandbox

import (
	"context"
	"fmt"
	"slices"
)

// seedCollections makes the collections that a workspace begins with.
func seedCollections(rules []*CollectionRules, begin Beginning, arabic bool) (map[string]*collection, error) {
	collections := make(map[string]*collection, len(rules))
	for _, r := range rules {
		c := newCollection(r, arabic)
		if err := c.begin(begin); err != nil {
			return nil, err
		}
		collections[r.Name] = c
	}
	return collections, nil
}

func (r *CollectionRules) seed(begin Beginning) ([]Record, error) {
	if r.Seed == nil {
		return nil, nil
	}
	seeded, err := r.Seed(begin)
	for i := range seeded {
		seeded[i].seeded = true
	}
	return seeded, err
}

// A Rebuild is collections that were read again, by the rules of another document. Commands wait until it is closed; reads are
// answered from the collections as they were.
type Rebuild struct {
	w           *Workspace
	rules       []*CollectionRules
	collections map[string]*collection
}

// Rebuild reads the workspace's records by other rules. A record that does not fit them is an error. The records of a
// collection that is no longer there are kept, though no operation reads them. Close has to be called.
func (w *Workspace) Rebuild(ctx context.Context, rules []*CollectionRules) (*Rebuild, error) {
	if err := w.lockCommands(ctx); err != nil {
		return nil, err
	}
	r := &Rebuild{w: w, rules: slices.Clone(rules), collections: map[string]*collection{}}
	for _, rule := range rules {
		c, err := w.rebuildOne(rule)
		if err != nil {
			w.unlockCommands()
			return nil, err
		}
		r.collections[rule.Name] = c
	}
	for name, c := range w.state.collections { // only commands change it
		if r.collections[name] == nil {
			r.collections[name] = c
			r.rules = append(r.rules, c.rules)
		}
	}
	return r, nil
}

// rebuildOne is a collection by other rules. What was seeded and has not changed is seeded again.
func (w *Workspace) rebuildOne(rules *CollectionRules) (*collection, error) {
	next := newCollection(rules, w.FoldArabic)
	old := w.state.collections[rules.Name]
	if old == nil || old.isLazy() {
		return next, next.begin(w.state.beginning())
	}
	seeded, err := rules.seed(w.state.beginning())
	if err != nil {
		return nil, err
	}
	seeds := make(map[string]Record, len(seeded))
	for i := range seeded {
		seeds[seeded[i].ID] = seeded[i]
	}
	records := make([]Record, 0, len(old.byID))
	for _, r := range old.all() {
		again, isSeed := seeds[r.ID]
		if !isSeed || !r.seeded {
			if again, err = rules.Read(r.Text); err != nil {
				return nil, fmt.Errorf("record %s of %s: %w", r.ID, rules.Name, err)
			}
		}
		records = append(records, again)
	}
	next.last = old.last
	return next, next.fill(records)
}

// Sample gives records of a rebuilt collection: all, or some, if they are lazy and more than most.
func (r *Rebuild) Sample(name string, most int) ([]*Record, error) {
	return r.collections[name].sample(most)
}

// Use puts the rebuilt collections in the place of those that are there.
func (r *Rebuild) Use() {
	r.w.mu.Lock()
	defer r.w.mu.Unlock()
	r.w.state.collections, r.w.rules = r.collections, r.rules
}

// Close ends the rebuild: commands go on.
func (r *Rebuild) Close() { r.w.unlockCommands() }
