package main

import (
	"context"
	"slices"
	"sync"

	"go.yaml.in/yaml/v4"
)

// A group are generated mutants of one operation that are listed as no faults and change different parts of it. One server with all of the changes
// is tried first: if no case notices it, no case notices one of them. Otherwise each is tried by itself.
type group struct {
	members []generated
	try     sync.Once
	passed  bool
}

// groupsOf puts mutants into groups, by their index. Those that are faults, or that no other can be combined with, are in none.
func groupsOf(list []generated) map[int]*group {
	out, byOperation := map[int]*group{}, map[string][]*group{}
	for i, g := range list {
		if !g.combines() {
			continue
		}
		groups := byOperation[g.operation.id]
		at := slices.IndexFunc(groups, func(other *group) bool { return other.takes(g) })
		if at < 0 {
			at, groups = len(groups), append(groups, &group{})
			byOperation[g.operation.id] = groups
		}
		groups[at].members = append(groups[at].members, g)
		out[i] = groups[at]
	}
	return out
}

// combines reports whether a mutant is no fault, and one change of the document's text that needs no large files.
func (g generated) combines() bool {
	return g.changed != nil && g.mayBeRefusedAgain() && g.keyword != "maxBytes" && g.equivalent() != ""
}

// takes reports whether a mutant changes nothing that a member changes.
func (s *group) takes(g generated) bool {
	return !slices.ContainsFunc(s.members, func(m generated) bool { return contains(m.schema, g.schema) || contains(g.schema, m.schema) })
}

// contains reports whether a node is a tree or in it.
func contains(tree, node *yaml.Node) bool {
	return tree == node || slices.ContainsFunc(tree.Content, func(each *yaml.Node) bool { return contains(each, node) })
}

// unnoticed reports whether all cases pass with all changes at once.
func (s *group) unnoticed(ctx context.Context, a *runner, d *document) bool {
	s.try.Do(func() {
		if len(s.members) < 2 {
			return
		}
		all := s.members[0]
		for _, m := range s.members[1:] {
			all.node = replaced(all.node, m.schema, m.changed)
		}
		r := a.killGenerated(ctx, d, all)
		s.passed = !r.Good && !r.Refused && r.Why == ""
	})
	return s.passed
}

// generatedJobs are the jobs of generated mutants. The members of a group but the first come last, when it is known whether the group passed.
func (a *runner) generatedJobs(d *document, list []generated) []job {
	var first, last []job
	groups := groupsOf(list)
	for i, g := range list {
		alone := func(ctx context.Context) result { return a.killGenerated(ctx, d, g) }
		s := groups[i]
		if s == nil {
			first = append(first, job{g.name(), alone, works})
			continue
		}
		j := job{g.name(), func(ctx context.Context) result {
			if s.unnoticed(ctx, a, d) {
				return result{Kind: kindGenerated, Name: g.name(), Operation: g.operation.id, Equivalent: g.equivalent()}
			}
			return alone(ctx)
		}, works}
		if s.members[0].name() == g.name() {
			first = append(first, j)
		} else {
			last = append(last, j)
		}
	}
	return append(first, last...)
}
