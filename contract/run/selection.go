package run

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/onsi/ginkgo/v2/types"
)

// A selection says which cases of a contract a run has: those that all given parts select.
type selection struct {
	only, skip       map[string]bool // ids of requirements and cases
	operations, tags map[string]bool
	include, exclude types.LabelFilter
}

// choose finds the cases that the configuration selects. An id, a name or an expression that fits no case is an error.
func (s *Session) choose() ([]*Case, error) {
	sel, err := s.selection()
	if err != nil {
		return nil, err
	}
	chosen := slices.DeleteFunc(slices.Clone(s.cases), func(c *Case) bool { return !sel.has(c, s.Labels(c), s.tags(c)) })
	if len(chosen) == 0 {
		return nil, Usage("no case is left: %s", s.selectedBy())
	}
	return chosen, nil
}

func (s *Session) selection() (sel selection, err error) {
	var operations, tags []string
	for _, op := range s.Document.Operations {
		operations, tags = append(operations, op.ID), append(tags, op.Tags...)
	}
	for _, list := range []struct {
		what          string
		wanted, known []string
		into          *map[string]bool
	}{
		{"requirement or case", s.Config.Only, s.knownIDs(), &sel.only},
		{"requirement or case", s.Config.Skip, s.knownIDs(), &sel.skip},
		{"operation", s.Config.Operations, operations, &sel.operations},
		{"tag", s.Config.Tags, tags, &sel.tags},
	} {
		if *list.into, err = wordSet(list.what, list.wanted, list.known); err != nil {
			return sel, err
		}
	}
	if sel.include, err = s.labelFilter("include", s.Config.Include); err != nil {
		return sel, err
	}
	sel.exclude, err = s.labelFilter("exclude", s.Config.Exclude)
	return sel, err
}

// wordSet checks that the wanted words are known, and makes a set of them; nil if none is wanted.
func wordSet(what string, wanted, known []string) (map[string]bool, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	set := map[string]bool{}
	for _, word := range wanted {
		if err := oneOf(what, word, known...); err != nil {
			return nil, err
		}
		set[word] = true
	}
	return set, nil
}

// labelFilter reads an expression over labels, written as for Ginkgo's --label-filter. It is nil without an expression. An expression that no case matches is
// an error.
func (s *Session) labelFilter(flag, expression string) (types.LabelFilter, error) {
	if strings.TrimSpace(expression) == "" {
		return nil, nil
	}
	filter, err := types.ParseLabelFilter(expression)
	if err != nil {
		return nil, Usage("--%s %q is no expression over labels, such as \"MUST && !rate-limit\": %s", flag, expression, reasonOf(err))
	}
	if !slices.ContainsFunc(s.cases, func(c *Case) bool { return filter(s.Labels(c)) }) {
		return nil, Usage("--%s %q matches no case%s", flag, expression, s.nearestLabel(expression))
	}
	return filter, nil
}

// reasonOf returns the error of Ginkgo about an expression, without its colours.
func reasonOf(err error) string {
	text := err.Error()
	if ginkgos, ok := errors.AsType[types.GinkgoError](err); ok {
		text = ginkgos.Message
	}
	plain := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(text, "")
	lines := strings.Split(strings.TrimSpace(plain), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

// nearestLabel is the end of the message about an expression that no case matches: if the expression is one word, the most similar label.
func (s *Session) nearestLabel(expression string) string {
	var known []string
	for _, c := range s.cases {
		known = append(known, s.Labels(c)...)
	}
	if word := strings.TrimSpace(expression); !strings.ContainsAny(word, "&|!,()/ ") {
		return Suggestion(word, known)
	}
	return "; labels are the ids of requirements and cases, levels, operations, tags and capabilities (--list --json)"
}

func (sel *selection) has(c *Case, labels, tags []string) bool {
	named := func(set map[string]bool) bool { return set[c.ID] || set[c.Requirement] }
	among := func(set map[string]bool, words []string) bool {
		return set == nil || slices.ContainsFunc(words, func(word string) bool { return set[word] })
	}
	return (sel.only == nil || named(sel.only)) && !named(sel.skip) &&
		among(sel.operations, []string{c.Operation}) && among(sel.tags, tags) &&
		(sel.include == nil || sel.include(labels)) && (sel.exclude == nil || !sel.exclude(labels))
}

// selectsAll reports whether the configuration leaves no case out.
func (c *Config) selectsAll() bool {
	return len(c.Only)+len(c.Skip)+len(c.Operations)+len(c.Tags) == 0 && c.Include == "" && c.Exclude == ""
}

// selectedBy shows the flags of the selection, for a message.
func (s *Session) selectedBy() string {
	var out []string
	for _, part := range []struct{ flag, value string }{
		{"only", strings.Join(s.Config.Only, ",")},
		{"skip", strings.Join(s.Config.Skip, ",")},
		{"operation", strings.Join(s.Config.Operations, ",")},
		{"tag", strings.Join(s.Config.Tags, ",")},
		{"include", s.Config.Include},
		{"exclude", s.Config.Exclude},
	} {
		if part.value != "" {
			out = append(out, fmt.Sprintf("--%s %q", part.flag, part.value))
		}
	}
	return strings.Join(out, " ")
}

// Labels are Ginkgo's labels of a case: its id, its requirement's id and level, and its operation, tags and capability if it has them.
func (s *Session) Labels(c *Case) []string {
	labels := []string{c.Requirement, s.Document.Requirement(c.Requirement).Level}
	for _, label := range append([]string{c.ID, c.Operation, c.Capability, c.Needs}, s.tags(c)...) {
		if label != "" && !slices.Contains(labels, label) {
			labels = append(labels, label)
		}
	}
	return labels
}

// tags are those of the case's operation in the contract.
func (s *Session) tags(c *Case) []string {
	if op := s.Document.Operation(c.Operation); op != nil {
		return op.Tags
	}
	return nil
}
