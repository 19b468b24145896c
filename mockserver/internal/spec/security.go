package spec

import (
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v4"
)

// A SecurityScheme is a way in which a request says who sends it.
type SecurityScheme struct {
	Name    string // under components.securitySchemes
	Type    string // "apiKey", "http", "oauth2", "openIdConnect"
	Scheme  string // of http: "bearer", "basic" or another, lower case
	In      string // of apiKey: "header", "query", "cookie"
	Key     string // of apiKey: the name of the header, query parameter or cookie
	Pointer string
}

// SecurityScheme returns the scheme with this name, nil if there is none.
func (d *Document) SecurityScheme(name string) *SecurityScheme {
	for _, s := range d.SecuritySchemes {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// securitySchemes compiles components.securitySchemes, in the order of the file.
func (c *compiler) securitySchemes() {
	const parent = "/components/securitySchemes"
	node, _ := c.tree.at(parent)
	members(node, func(key, _ *yaml.Node) {
		ref := c.kin.Components.SecuritySchemes[key.Value]
		if ref == nil || ref.Value == nil {
			return // an extension
		}
		kin := ref.Value
		_, pointer := c.tree.resolve(parent + "/" + escapeToken(key.Value))
		c.doc.SecuritySchemes = append(c.doc.SecuritySchemes, &SecurityScheme{
			Name: key.Value, Type: kin.Type, Scheme: strings.ToLower(kin.Scheme), In: kin.In, Key: kin.Name, Pointer: pointer,
		})
	})
}

// security compiles what an operation asks for: its own requirements, else the root's.
func (c *compiler) security(op *Operation, own *openapi3.SecurityRequirements) error {
	requirements, pointer := c.kin.Security, "/security"
	if own != nil {
		requirements, pointer = *own, op.Pointer+"/security"
	}
	op.Secured = len(requirements) > 0
	for i, requirement := range requirements {
		at := pointer + "/" + itoa(i)
		var together []*SecurityScheme
		for _, name := range slices.Sorted(maps.Keys(requirement)) {
			scheme := c.doc.SecurityScheme(name)
			if scheme == nil {
				return c.errorAt(at+"/"+escapeToken(name), "%s", undefinedScheme(name))
			}
			together = append(together, scheme)
		}
		slices.SortFunc(together, func(a, b *SecurityScheme) int {
			return slices.Index(c.doc.SecuritySchemes, a) - slices.Index(c.doc.SecuritySchemes, b)
		})
		op.Secured = op.Secured && len(together) > 0
		op.Security = append(op.Security, together)
	}
	return nil
}

func undefinedScheme(name string) string {
	return "there is no security scheme " + name + " under components.securitySchemes; describe it there, or name one that is"
}

// isCredential reports whether a query parameter is an API key that the operation asks for.
func (op *Operation) isCredential(query string) bool {
	for _, together := range op.Security {
		for _, s := range together {
			if s.Type == "apiKey" && s.In == "query" && s.Key == query {
				return true
			}
		}
	}
	return false
}
