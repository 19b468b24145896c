package spec

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strings"
)

// A Match is an operation and the values of its path parameters.
type Match struct {
	Operation *Operation

	values [4]string // most operations have no more; no allocation then
	more   []string
	count  int
	broken uint64 // which of the values are not UTF-8
}

// PathParam returns the unescaped value of the path parameter with index i, in the order of the template.
func (m *Match) PathParam(i int) string {
	if i < len(m.values) {
		return m.values[i]
	}
	return m.more[i-len(m.values)]
}

func (m *Match) push(value string) {
	if m.count < len(m.values) {
		m.values[m.count] = value
	} else {
		m.more = append(m.more[:m.count-len(m.values)], value)
	}
	m.broken &^= 1 << m.count
	m.count++
}

// A router finds the path of a request target: first among the paths without parameters, then segment by segment.
type router struct {
	fixed map[string]*pathItem // by the whole path, base path included
	root  routeNode
}

type routeNode struct {
	literals map[string]*routeNode
	mixed    []*mixedSegment // "{name}.{ext}", the most concrete first
	param    *routeNode      // "{id}"
	item     *pathItem
}

// A mixedSegment is a path segment with text around its parameters.
type mixedSegment struct {
	template string
	pattern  *regexp.Regexp
	next     *routeNode
}

// A pathItem is the operations of one path.
type pathItem struct {
	operations []*Operation
	allow      []string // their methods, sorted
}

func newRouter(d *Document) *router {
	r := &router{fixed: map[string]*pathItem{}}
	for _, op := range d.Operations {
		path := d.BasePath + op.Path
		node := &r.root
		for segment := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
			node = node.step(segment)
		}
		if node.item == nil {
			node.item = &pathItem{}
		}
		node.item.operations = append(node.item.operations, op)
		node.item.allow = append(node.item.allow, op.Method)
		slices.Sort(node.item.allow)
		if !strings.Contains(path, "{") {
			r.fixed[path] = node.item
		}
	}
	return r
}

// step returns the node behind a template's segment and makes it if it is new.
func (n *routeNode) step(segment string) *routeNode {
	names := templateNames(segment)
	switch {
	case len(names) == 0:
		if n.literals == nil {
			n.literals = map[string]*routeNode{}
		}
		if n.literals[segment] == nil {
			n.literals[segment] = &routeNode{}
		}
		return n.literals[segment]
	case segment == "{"+names[0]+"}":
		if n.param == nil {
			n.param = &routeNode{}
		}
		return n.param
	}
	for _, m := range n.mixed {
		if m.template == segment {
			return m.next
		}
	}
	m := &mixedSegment{template: segment, pattern: segmentPattern(segment), next: &routeNode{}}
	n.mixed = append(n.mixed, m)
	slices.SortStableFunc(n.mixed, func(a, b *mixedSegment) int {
		return cmp.Or(cmp.Compare(b.literal(), a.literal()), cmp.Compare(len(templateNames(a.template)), len(templateNames(b.template))))
	})
	return m.next
}

// literal is how long the text around the parameters is.
func (m *mixedSegment) literal() int {
	n := len(m.template)
	for _, name := range templateNames(m.template) {
		n -= len(name) + len("{}")
	}
	return n
}

// templateNames are the names in the braces of a path template.
func templateNames(template string) []string {
	var names []string
	for {
		_, after, found := strings.Cut(template, "{")
		if !found {
			return names
		}
		name, rest, closed := strings.Cut(after, "}")
		if !closed {
			return names
		}
		names, template = append(names, name), rest
	}
}

func segmentPattern(segment string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`^(?s:`)
	for {
		before, after, found := strings.Cut(segment, "{")
		b.WriteString(regexp.QuoteMeta(before))
		_, rest, closed := strings.Cut(after, "}")
		if !found || !closed {
			break
		}
		b.WriteString(`(.+?)`)
		segment = rest
	}
	b.WriteString(`)$`)
	return regexp.MustCompile(b.String())
}

// Match finds the operation for a raw (still percent-encoded) path of a request target, base path included.
// Segments are compared after percent-decoding; an encoded slash never splits a segment; nothing is normalised:
// a path with an empty or a dot segment fits no parameter. The more concrete template wins: literal segments
// before those with text around their parameters (the more text, then the fewer parameters, the sooner), those before parameters.
// Errors are ErrNotFound and *MethodNotAllowedError.
func (d *Document) Match(method, rawPath string) (Match, error) {
	var m Match
	item := d.routes.fixed[rawPath]
	if item == nil {
		if rawPath == "" || rawPath[0] != '/' {
			return Match{}, ErrNotFound
		}
		if item = d.routes.root.find(&m, rawPath[1:]); item == nil {
			return Match{}, ErrNotFound
		}
	}
	for _, op := range item.operations {
		if op.Method == method {
			m.Operation = op
			return m, nil
		}
	}
	return Match{}, &MethodNotAllowedError{Allow: slices.Clone(item.allow)}
}

func (n *routeNode) find(m *Match, path string) *pathItem {
	raw, rest, more := strings.Cut(path, "/")
	segment, err := unescape(raw, false)
	switch {
	case errors.Is(err, errUTF8) && n.param != nil: // the path is known, its value is what is wrong
		m.push("")
		m.broken |= 1 << (m.count - 1)
		return n.param.follow(m, rest, more)
	case err != nil:
		return nil
	}
	if next := n.literals[segment]; next != nil {
		if item := next.follow(m, rest, more); item != nil {
			return item
		}
	}
	if segment == "" || segment == "." || segment == ".." {
		return nil
	}
	count := m.count
	for _, mixed := range n.mixed {
		found := mixed.pattern.FindStringSubmatch(segment)
		if found == nil {
			continue
		}
		for _, value := range found[1:] {
			m.push(value)
		}
		if item := mixed.next.follow(m, rest, more); item != nil {
			return item
		}
		m.count = count
	}
	if n.param != nil {
		m.push(segment)
		if item := n.param.follow(m, rest, more); item != nil {
			return item
		}
		m.count = count
	}
	return nil
}

func (n *routeNode) follow(m *Match, rest string, more bool) *pathItem {
	if !more {
		return n.item
	}
	return n.find(m, rest)
}
