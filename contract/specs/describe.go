package specs

import (
	"slices"

	"example.com/awalmock/contract/run"
)

// Specs are cases, as Describe and It make them. They are values: nothing runs until a run performs them.
type Specs []*run.Case

// A Part is what Describe takes: a decorator for all cases of the group, an It, another Describe, or cases that are made from the document.
type Part interface{ addTo(group Specs) Specs }

func (s Specs) addTo(group Specs) Specs { return append(group, s...) }

// A Decorator says something about a case. The labels of a case follow from its decorators.
type Decorator func(*run.Case)

func (d Decorator) addTo(group Specs) Specs { return group }

// Describe makes a group of specs. Its decorators apply to each of them, before or after it in the list.
func Describe(text string, parts ...Part) Specs {
	var group Specs
	for _, part := range parts {
		group = part.addTo(group)
	}
	for _, part := range parts {
		if decorate, ok := part.(Decorator); ok {
			for _, c := range group {
				decorate(c)
			}
		}
	}
	for _, c := range group {
		c.Container = slices.Insert(c.Container, 0, text)
	}
	return group
}

// It makes a spec. Its id is that of its requirement, unless it has a Suffix.
func It(title string, requirement Decorator, body func(*T), more ...Decorator) Specs {
	c := &run.Case{Title: title, Run: func(t *run.T) error {
		body(&T{t})
		return nil
	}}
	for _, decorate := range append([]Decorator{requirement}, more...) {
		decorate(c)
	}
	return Specs{c}
}

// Requirement names the rule of the contract that a spec checks.
func Requirement(id string) Decorator {
	return func(c *run.Case) { c.Requirement, c.ID = id, id+c.ID }
}

// Suffix is different for each spec of one requirement: it is the end of the id.
func Suffix(text string) Decorator { return func(c *run.Case) { c.ID += text } }

// Operation names the operation that a spec is about.
func Operation(id string) Decorator { return func(c *run.Case) { c.Operation = id } }

// Capability names what a target must offer for a spec to run.
func Capability(name string) Decorator { return func(c *run.Case) { c.Capability = name } }

// Needs names a second capability.
func Needs(name string) Decorator { return func(c *run.Case) { c.Needs = name } }

// Writes is for a spec that uses other methods than GET: it does not run under the production profile.
func Writes() Decorator { return func(c *run.Case) { c.Writes = true } }

// Alone is for a spec that disturbs others, or judges what all of them have asked: it runs after them, and no other at the same time.
func Alone() Decorator { return func(c *run.Case) { c.Alone = true } }

// Beside is for a spec that changes something, and looks at its own answers only: several of them run at the same time, after those that are alone.
func Beside() Decorator { return func(c *run.Case) { c.Beside = true } }

// Way names the way of asking that a spec is listed under in the matrix.
func Way(name string) Decorator { return func(c *run.Case) { c.Way = name } }

// Final is for a spec that looks back at the whole run: it runs after all others.
func Final() Decorator { return func(c *run.Case) { c.Alone, c.Final = true, true } }

// BeforeEach has a function called before each spec of the group, that of the outer group first.
func BeforeEach(prepare func(*T)) Decorator {
	return func(c *run.Case) {
		body := c.Run
		c.Run = func(t *run.T) error {
			prepare(&T{t})
			return body(t)
		}
	}
}
