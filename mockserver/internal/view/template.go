package view

import (
	"fmt"
	"time"

	"example.com/awalmock/mockserver/internal/spec"
)

// Invent makes a value that fits a schema, for a property that the entity does not have. The same arguments give the same
// value. id is the entity's, 0 where there is only one.
type Invent func(s *spec.Schema, kind string, id int64, property string) (any, error)

// A writer appends one known property of a T as JSON.
type writer[T any] func(dst []byte, v T) ([]byte, error)

// A template writes a T as a JSON object with exactly the properties that the schema has, in the schema's order: those
// that the entity knows from the entity, others invented.
type template[T any] struct {
	kind   string
	fields []field[T]
	id     func(T) int64
	invent Invent
}

type field[T any] struct {
	name   string
	key    []byte // `"name":`, with a comma before it but for the first
	write  writer[T]
	schema *spec.Schema
}

// newTemplate compiles the template of a schema. A nil schema, or one without properties, makes `{}`.
func newTemplate[T any](kind string, s *spec.Schema, known map[string]writer[T], id func(T) int64, invent Invent) *template[T] {
	t := &template[T]{kind: kind, id: id, invent: invent}
	if s == nil {
		return t
	}
	for _, p := range s.Properties {
		if p.Schema.WriteOnly {
			continue
		}
		var key []byte
		if len(t.fields) > 0 {
			key = append(key, ',')
		}
		key = append(appendString(key, p.Name), ':')
		t.fields = append(t.fields, field[T]{p.Name, key, known[p.Name], p.Schema})
	}
	return t
}

// append appends v as a JSON object.
func (t *template[T]) append(dst []byte, v T) ([]byte, error) {
	dst = append(dst, '{')
	for i := range t.fields {
		f := &t.fields[i]
		var err error
		dst = append(dst, f.key...)
		if f.write != nil {
			dst, err = f.write(dst, v)
		} else {
			dst, err = t.invented(dst, f, v)
		}
		if err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

func (t *template[T]) invented(dst []byte, f *field[T], v T) ([]byte, error) {
	value, err := t.invent(f.schema, t.kind, t.id(v), f.name)
	if err != nil {
		return dst, fmt.Errorf("property %s: %w", f.name, err)
	}
	return appendValue(dst, value)
}

func stringOf[T any](get func(T) string) writer[T] {
	return func(dst []byte, v T) ([]byte, error) { return appendString(dst, get(v)), nil }
}

func intOf[T any](get func(T) int64) writer[T] {
	return func(dst []byte, v T) ([]byte, error) { return appendInt(dst, get(v)), nil }
}

// timeOf writes Unix seconds as the vendor's examples write a time.
func timeOf[T any](get func(T) int64) writer[T] {
	return func(dst []byte, v T) ([]byte, error) { return appendTime(dst, time.Unix(get(v), 0)), nil }
}

func arrayOf[T, E any](get func(T) []E, item *template[E]) writer[T] {
	return func(dst []byte, v T) (_ []byte, err error) {
		dst = append(dst, '[')
		for i, e := range get(v) {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, err = item.append(dst, e); err != nil {
				return dst, err
			}
		}
		return append(dst, ']'), nil
	}
}

func always[T any](text string) writer[T] {
	return func(dst []byte, _ T) ([]byte, error) { return append(dst, text...), nil }
}

func object[T any](t *template[T]) writer[T] { return t.append }
