package fake

import (
	"errors"
	"fmt"
	"slices"

	"example.com/awalmock/mockserver/internal/seed/corpus"
	"example.com/awalmock/mockserver/internal/spec"
)

// CheckDocument tries each schema of each answer once, and refuses a document with one that no value is found for, or with an
// x-mock-value that is not supported. filled reports whether values are also made for an operation that has an example.
//
// An answer that has an example needs no value: its schemas are refused only where their rules contradict each other.
func CheckDocument(d *spec.Document, filled func(operation string) bool) error {
	t := trial{tables: &corpus.Tables{}, tried: map[*spec.Schema]bool{}, made: map[*spec.Schema]bool{}, words: map[*spec.Schema]bool{}}
	for _, operation := range d.Operations {
		for _, response := range operation.Responses {
			if err := t.response(response, filled(operation.ID)); err != nil {
				return fmt.Errorf("%w (an answer of %s)", err, operation.ID)
			}
		}
	}
	return nil
}

// A trial remembers which schemas were tried: many answers share most schemas.
type trial struct {
	tables *corpus.Tables
	tried  map[*spec.Schema]bool // with everything in them
	made   map[*spec.Schema]bool
	words  map[*spec.Schema]bool
}

func (t *trial) response(r *spec.Response, filled bool) error {
	for _, body := range r.Bodies {
		if err := checkWords(body.Schema, t.words); err != nil {
			return err
		}
		if err := t.whole(body.Schema, filled || len(body.Examples) == 0); err != nil {
			return err
		}
	}
	for _, header := range r.Headers {
		if header.Example != "" || !header.Required {
			continue
		}
		if err := t.one(header.Schema, true); err != nil {
			return err
		}
	}
	return nil
}

// whole tries a schema, then the schemas in it that were not used for its value, such as the items of an empty list.
func (t *trial) whole(s *spec.Schema, needed bool) error {
	if t.tried[s] {
		return nil
	}
	t.tried[s] = needed
	if err := t.one(s, needed); err != nil {
		return err
	}
	return t.inside(s, needed, map[*spec.Schema]bool{s: true})
}

func (t *trial) inside(s *spec.Schema, needed bool, seen map[*spec.Schema]bool) error {
	parts := slices.Concat(s.AllOf, s.OneOf, s.AnyOf)
	alternatives := len(parts) // need not be possible, as long as the whole is
	for _, property := range s.Properties {
		if !property.Schema.WriteOnly {
			parts = append(parts, property.Schema)
		}
	}
	parts = append(parts, s.Items, s.Additional)
	for i, part := range parts {
		if part == nil || seen[part] {
			continue
		}
		seen[part] = true
		var err error
		if i >= alternatives {
			err = t.one(part, needed)
		}
		if u := (*UnsatisfiableError)(nil); errors.As(err, &u) && u.circle {
			err = nil // it is left out where it is optional
		}
		if err == nil {
			err = t.inside(part, needed, seen)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *trial) one(s *spec.Schema, needed bool) error {
	if t.made[s] {
		return nil
	}
	_, made, err := value(t.tables, s, Key{})
	for part := range made {
		t.made[part] = true
	}
	if u := (*UnsatisfiableError)(nil); errors.As(err, &u) && !needed && !u.Certain {
		return nil
	}
	return err
}

func checkWords(s *spec.Schema, seen map[*spec.Schema]bool) error {
	if s == nil || seen[s] {
		return nil
	}
	seen[s] = true
	if s.MockValue != "" && !Supports(s.MockValue) {
		return &UnknownMockValueError{Pointer: s.Pointer, Word: s.MockValue}
	}
	parts := slices.Concat(s.AllOf, s.OneOf, s.AnyOf, []*spec.Schema{s.Items, s.Additional, s.Not})
	for _, property := range s.Properties {
		parts = append(parts, property.Schema)
	}
	for _, part := range parts {
		if err := checkWords(part, seen); err != nil {
			return err
		}
	}
	return nil
}

// An UnknownMockValueError is an x-mock-value that is not supported.
type UnknownMockValueError struct{ Pointer, Word string }

func (e *UnknownMockValueError) Error() string {
	return fmt.Sprintf("%s/x-mock-value: %q is not known: use name, arabicName, phone, sentence, "+
		"or a gofakeit function without parameters such as company, city or url", e.Pointer, e.Word)
}

// Pointer returns the place in the document that an error of this package is about; "" if it is about none.
func Pointer(err error) string {
	var unknown *UnknownMockValueError
	var unsatisfiable *UnsatisfiableError
	switch {
	case errors.As(err, &unknown):
		return unknown.Pointer
	case errors.As(err, &unsatisfiable):
		return unsatisfiable.Pointer
	}
	return ""
}
