package sandbox

import "fmt"

// A Reference is a property of a collection's records that is the id of a record of another collection, if it has a value.
type Reference struct {
	Property string // one of CollectionRules.Properties
	To       string // the other collection
	ID       func(value string) string
}

// A ReferenceError says that a record refers to one that is not there.
type ReferenceError struct{ Collection, Record, Property, ID, To string }

func (e *ReferenceError) Error() string {
	return fmt.Sprintf("record %s of %s has the %s %s, and %s has no record with this id", e.Record, e.Collection, e.Property, e.ID, e.To)
}

// checkReferences refuses records that refer to one that is not there.
func (s *state) checkReferences() error {
	for _, c := range s.collections {
		for _, of := range c.rules.References {
			if err := s.checkReference(c, &of, s.collections[of.To]); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkReference refuses records of a collection that refer to none of another. A collection that the document lacks is not looked
// at.
func (s *state) checkReference(from *collection, of *Reference, to *collection) error {
	place := from.place(of.Property)
	if to == nil || place < 0 {
		return nil
	}
	known := func(values, record string) error {
		value := unpack(values, place)
		if value == "" {
			return nil
		}
		if id := of.ID(value); to.byID[id] == nil {
			return &ReferenceError{from.rules.Name, record, of.Property, id, of.To}
		}
		return nil
	}
	if from.isLazy() { // what follows from conversations refers to nothing
		return from.checkWritten(known)
	}
	for _, b := range from.rows.blocks {
		for i := range b {
			if err := known(b[i].values, b[i].ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkWritten looks at the records of a lazy collection that do not follow from conversations. What is wrong with them besides is an
// error when they are made.
func (c *collection) checkWritten(known func(values, record string) error) error {
	first := *c.lazy.beginning
	first.Conversations = nil
	seeded, err := c.rules.seed(first)
	if err != nil {
		return nil //nolint:nilerr // see above
	}
	for i := range seeded {
		if err := known(pack(seeded[i].Values), seeded[i].ID); err != nil {
			return err
		}
	}
	return nil
}
