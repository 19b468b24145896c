package specs

import (
	"slices"

	"example.com/awalmock/contract/run"
)

// Specs is a list of cases, made by Describe and It as in Ginkgo. It is data: package run executes the cases later.
type Specs []*run.Case

// A Part is what Describe takes: a decorator for all cases of the group, an It, another Describe, or cases that are made from the document.
type Part interface{ addTo(group Specs) Specs }

func (s Specs) addTo(group Specs) Specs { return append(group, s...) }

// A Decorator sets a property of a case, such as its operation. The labels of the case follow from these properties.
type Decorator func(*run.Case)

func (d Decorator) addTo(group Specs) Specs { return group }

// Describe makes a group of specs. A decorator in the list of parts applies to all specs of the group, wherever it is in the list.
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

// It makes one spec. The id of its case is the id of the requirement, followed by the Suffix if there is one.
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

// Suffix is the end of the id of a case. Several specs of one requirement need different suffixes.
func Suffix(text string) Decorator { return func(c *run.Case) { c.ID += text } }

// Operation names the operation that a spec is about.
func Operation(id string) Decorator { return func(c *run.Case) { c.Operation = id } }

// Capability names what a target must offer for a spec to run.
func Capability(name string) Decorator { return func(c *run.Case) { c.Capability = name } }

// Needs names a second capability that a target must offer.
func Needs(name string) Decorator { return func(c *run.Case) { c.Needs = name } }

// Writes is for a spec that uses other methods than GET: it does not run under the production profile.
func Writes() Decorator { return func(c *run.Case) { c.Writes = true } }

// Serial is like Ginkgo's Serial: the spec runs after those without it, and no other runs at the same time. It is for a spec that disturbs others, or that
// judges the exchanges of all others.
func Serial() Decorator { return func(c *run.Case) { c.Serial = true } }

// Independent is for a spec that writes, but only judges its own answers: these run at the same time, after the specs that are Serial.
func Independent() Decorator { return func(c *run.Case) { c.Independent = true } }

// Slow is for a spec that is Independent and mostly waits: it begins before the others, so that they run meanwhile.
func Slow() Decorator { return func(c *run.Case) { c.Slow = true } }

// Way names the column of the matrix (--list --matrix) that shows a spec.
func Way(name string) Decorator { return func(c *run.Case) { c.Way = name } }

// Final is for a spec that judges the exchanges of the whole run: it runs after all others.
func Final() Decorator { return func(c *run.Case) { c.Serial, c.Final = true, true } }

// BeforeEach calls a function before each spec of the group. That of an outer group is called first.
func BeforeEach(prepare func(*T)) Decorator {
	return func(c *run.Case) {
		body := c.Run
		c.Run = func(t *run.T) error {
			prepare(&T{t})
			return body(t)
		}
	}
}
