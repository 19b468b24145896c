// Package collection makes stateful operations of a path of the document that has x-collection: what its records are, how they
// are found, made, changed and shown.
//
// What a document says is compiled once and refused with its line where it cannot work. The package must never know HTTP, files
// or the wall clock.
package collection

import (
	"slices"
	"strings"

	"example.com/awalmock/mockserver/internal/spec"
)

// A Role is what an operation does with a collection.
type Role string

// The roles, which follow from method and path.
const (
	List   Role = "list"
	Create Role = "create"
	Read   Role = "read"
	Put    Role = "put"
	Patch  Role = "patch"
	Delete Role = "delete"
)

// A Collection is a compiled x-collection. It is read-only and safe for concurrent use.
type Collection struct {
	Name       string
	Key        string // the property that is a record's id
	Operations map[Role]*spec.Operation
	Pointer    string // of x-collection in the document

	document   *spec.Document
	answers    map[Role]*answer
	properties []*property
	defaults   map[Role]Record // of the properties that an operation's body may have
	open       bool            // records may have other properties
	schemas    []*spec.Schema
	keyKind    kind
	idName     string // the parameter of the path that is the id

	search     []string
	searchTerm string
	filters    []filter
	filterable []*property // what filters name, each once
	page       string
	limit      string
	standard   int64 // the limit when none is given; 0: all
	unique     []*property
	order      *property
	descending bool
	putMerges  bool // PUT changes what is given, as PATCH does
}

// A filter keeps records whose property compares with a parameter.
type filter struct {
	parameter *spec.Parameter
	property  *property
	operator  string
}

// A property is a property of the collection's records, as the answers that show it describe it.
type property struct {
	name     string
	schemas  []*spec.Schema // of each answer that has it; the first one makes values
	required bool           // in an answer
	nullable bool           // in each answer
	settable bool           // a request can give it
	takenBy  map[Role]bool  // whose bodies may have it
	created  bool           // the clock's instant when the record was made
	updated  bool           // the clock's instant when it was changed last
	kind     kind
}

func (p *property) stamped() bool { return p.created || p.updated }

// An answer is the success of an operation.
type answer struct {
	schema *spec.Schema // nil: there is no body
	holder string       // the property that holds the records or the record; "": the whole is it
	record *spec.Schema // of a record in it; nil: no record is shown
}

func (c *Collection) property(name string) *property {
	for _, p := range c.properties {
		if p.name == name {
			return p
		}
	}
	return nil
}

// names are the properties' names, for messages.
func (c *Collection) names() string {
	list := make([]string, len(c.properties))
	for i, p := range c.properties {
		list[i] = p.name
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// Has reports whether records have a property.
func (c *Collection) Has(name string) bool { return c.property(name) != nil }

// RoleOf is what an operation does with the collection.
func (c *Collection) RoleOf(operation string) (Role, bool) {
	for role, op := range c.Operations {
		if op.ID == operation {
			return role, true
		}
	}
	return "", false
}
