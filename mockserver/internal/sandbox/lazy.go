package sandbox

import (
	"sync"
	"sync/atomic"
)

// lazyRecords are the records that a lazy collection begins with, before the first request for them.
type lazyRecords struct {
	beginning *Beginning // nil: the collection is not lazy
	once      sync.Once
	made      atomic.Bool
	failed    error
}

// begin gives a new collection what it begins with, or, if it is lazy, keeps what that follows from.
func (c *collection) begin(b Beginning) error {
	if c.rules.Lazy {
		c.lazy.beginning = &b
		return nil
	}
	seeded, err := c.rules.seed(b)
	if err != nil {
		return err
	}
	return c.fill(seeded)
}

// isLazy reports whether the records that the collection begins with have not been made.
func (c *collection) isLazy() bool { return c.lazy.beginning != nil && !c.lazy.made.Load() }

// ready makes the records of a lazy collection when it is called first. Many may call it at once, and others may read meanwhile what
// they follow from.
func (c *collection) ready() error {
	if c.lazy.beginning == nil {
		return nil
	}
	c.lazy.once.Do(func() {
		seeded, err := c.rules.seed(*c.lazy.beginning)
		if err == nil {
			err = c.fill(seeded)
		}
		c.lazy.failed = err
		c.lazy.made.Store(true)
	})
	return c.lazy.failed
}

// sample gives records of a collection: all, or, if they are lazy and follow from more conversations than most, those of the first.
func (c *collection) sample(most int) ([]*Record, error) {
	if !c.isLazy() || len(c.lazy.beginning.Conversations) <= most {
		err := c.ready()
		return c.all(), err
	}
	first := *c.lazy.beginning
	first.Conversations = first.Conversations[:most]
	seeded, err := c.rules.seed(first)
	list := make([]*Record, len(seeded))
	for i := range seeded {
		seeded[i].Rendered = new(Cache)
		list[i] = &seeded[i]
	}
	return list, err
}

// SampleRecords gives records of a collection, so that what does not fit is found before a request finds it: all, or some, if they are
// lazy and more than most.
func (w *Workspace) SampleRecords(name string, most int) ([]*Record, error) {
	_, unlock := w.read()
	defer unlock()
	return w.state.collections[name].sample(most)
}

// IsLazy reports whether the records that a lazy collection begins with have not been made: it has only those.
func (w *Workspace) IsLazy(name string) bool {
	w.mu.RLock()
	defer w.mu.RUnlock()
	c := w.state.collections[name]
	return c != nil && c.isLazy()
}

// Load makes the records of a lazy collection without the lock, since it may take long, so that a command need not.
func (w *Workspace) Load(name string) {
	w.mu.RLock()
	c := w.state.collections[name]
	w.mu.RUnlock()
	if c != nil {
		_ = c.ready() // the next read of the collection returns the error
	}
}

// loadCustomers is Load for the collection of the customers, if the phone has no conversation with the number yet.
func (w *Workspace) loadCustomers(number, phone string) {
	w.mu.RLock()
	in, rules, known := w.state.inboxes[number], w.state.customers(), false
	if in != nil {
		_, known = in.byPhone[phone]
	}
	w.mu.RUnlock()
	if in != nil && !known && rules != nil {
		w.Load(rules.Name)
	}
}
