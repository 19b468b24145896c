package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"
)

// A Base is a loaded document of which others are made that differ from it in one operation. Such a document costs what the operation costs:
// all else is shared. A Base is read-only and safe for concurrent use.
type Base struct {
	Document *Document
	tree     *tree
}

// LoadBase is Load that keeps what WithOperation needs. Errors are *Error.
func LoadBase(name string, data []byte) (*Base, error) {
	b := &Base{}
	var err error
	b.Document, err = guarded(name, func() (d *Document, err error) {
		if b.tree, err = parseTree(data); err == nil {
			d, err = b.tree.load(name, data, validateKin)
		}
		return d, err
	})
	if err != nil {
		return nil, err
	}
	b.Document.keepSource(func() []byte { return data })
	return b, nil
}

// WithOperation is the document with another operation in the place of the one with this path and method (lower case). text is the operation
// in JSON or YAML, with the same operationId; all of its $refs name components. Load of the whole changed text would make the same document,
// except that here the source is JSON, line numbers are those of the base and of text, and LeftOut keeps what the base leaves out. Errors
// are *Error.
func (b *Base) WithOperation(path, method string, text []byte) (*Document, error) {
	return guarded(b.Document.Name, func() (*Document, error) {
		operation, err := parseTree(text)
		if err != nil {
			return nil, err
		}
		changed, err := b.tree.withOperation(path, method, operation.root)
		if err != nil {
			return nil, err
		}
		part, err := changed.only(path, method)
		if err != nil {
			return nil, err
		}
		small, err := part.load(b.Document.Name, nil, validateKin)
		if err != nil {
			return nil, err
		}
		return b.with(small, changed)
	})
}

// with is the document of a tree, of which part has the one operation that is not the base's.
func (b *Base) with(part *Document, changed *tree) (*Document, error) {
	op := part.Operations[0]
	place := slices.IndexFunc(b.Document.Operations, func(o *Operation) bool { return o.Pointer == op.Pointer })
	if was := b.Document.Operations[place].ID; was != op.ID {
		return nil, &Error{Reason: fmt.Sprintf("operationId: must be %s, not %s", was, op.ID)}
	}
	for _, together := range op.Security {
		for i, scheme := range together {
			together[i] = b.Document.SecurityScheme(scheme.Name)
		}
	}
	d := *b.Document
	d.Operations = slices.Clone(d.Operations)
	d.Operations[place] = op
	d.byID = map[string]*Operation{}
	for _, o := range d.Operations {
		d.byID[o.ID] = o
	}
	for _, misfit := range part.LeftOut {
		if !slices.Contains(d.LeftOut, misfit) {
			d.LeftOut = append(slices.Clip(d.LeftOut), misfit)
		}
	}
	d.Collections = nil
	paths, _ := changed.at("/paths")
	(&compiler{doc: &d, tree: changed}).collections(paths)
	d.routes = newRouter(&d)
	d.keepSource(sync.OnceValue(func() []byte { return appendJSON(nil, changed.root) }))
	return &d, nil
}

// withOperation is a copy of the tree with another operation. What is not on the way to it is shared.
func (t *tree) withOperation(path, method string, operation *yaml.Node) (*tree, error) {
	paths := get(t.root, "paths")
	item := get(paths, path)
	if get(item, method) == nil || !isMethod(method) {
		return nil, &Error{Reason: fmt.Sprintf("there is no operation %s %s", method, path)}
	}
	return &tree{root: withMember(t.root, "paths", withMember(paths, path, withMember(item, method, operation)))}, nil
}

// only is the tree without other operations than one, and without the components that this one does not refer to.
func (t *tree) only(path, method string) (*tree, error) {
	item := *get(get(t.root, "paths"), path)
	item.Content = nil
	members(get(get(t.root, "paths"), path), func(key, value *yaml.Node) {
		if key.Value == method || !isMethod(key.Value) {
			item.Content = append(item.Content, key, value)
		}
	})
	used := uses{tree: t, components: map[[2]string]bool{}}
	used.node(&item)
	members(get(get(t.root, "components"), "securitySchemes"), func(key, value *yaml.Node) {
		used.component("securitySchemes", key.Value)
		used.node(value)
	})
	root := *t.root
	root.Content = nil
	members(t.root, func(key, value *yaml.Node) {
		switch key.Value {
		case webhooksKey:
			return
		case "paths":
			value = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{{Kind: yaml.ScalarNode, Tag: "!!str", Value: path}, &item}}
		case "components":
			value = used.of(value)
		}
		root.Content = append(root.Content, key, value)
	})
	return &tree{root: &root}, used.err
}

// uses gathers the components that something refers to.
type uses struct {
	tree       *tree
	components map[[2]string]bool // by kind and name
	err        error
}

func (u *uses) node(x *yaml.Node) {
	switch x.Kind {
	case yaml.SequenceNode:
		for _, item := range x.Content {
			u.node(item)
		}
	case yaml.MappingNode:
		members(x, func(key, value *yaml.Node) {
			switch {
			case key.Value == "$ref" && value.Kind == yaml.ScalarNode:
				u.ref(value)
			case key.Value == "discriminator":
				members(get(value, "mapping"), func(_, named *yaml.Node) { u.ref(named) })
			}
			u.node(value)
		})
	}
}

// ref notes what a reference leads to; in the mapping of a discriminator the name of a schema is one, too.
func (u *uses) ref(x *yaml.Node) {
	pointer := refPointer(x.Value)
	kind, rest, ok := strings.Cut(strings.TrimPrefix(pointer, "/components/"), "/")
	switch {
	case !strings.Contains(x.Value, "#"):
		u.component("schemas", x.Value)
	case !ok || !strings.HasPrefix(pointer, "/components/"):
		u.err = cmp.Or(u.err, error(&Error{Line: x.Line, Reason: x.Value + " names no component"}))
	default:
		name, _, _ := strings.Cut(rest, "/")
		u.component(kind, unescapeToken(name))
	}
}

func (u *uses) component(kind, name string) {
	node := get(get(get(u.tree.root, "components"), kind), name)
	if node == nil || u.components[[2]string{kind, name}] {
		return
	}
	u.components[[2]string{kind, name}] = true
	u.node(node)
}

// of are the components that are used.
func (u *uses) of(components *yaml.Node) *yaml.Node {
	kept := *components
	kept.Content = nil
	members(components, func(kind, all *yaml.Node) {
		some := *all
		some.Content = nil
		members(all, func(name, value *yaml.Node) {
			if u.components[[2]string{kind.Value, name.Value}] {
				some.Content = append(some.Content, name, value)
			}
		})
		kept.Content = append(kept.Content, kind, &some)
	})
	return &kept
}
