package spec

import (
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// encoded reads the properties of a form for which the document says how they are written (encoding), and returns the fields
// that are left.
func (c *checker) encoded(m *Media, fields []FormField, into map[string]any) []FormField {
	if len(m.encoding) == 0 {
		return fields
	}
	all := url.Values{}
	for _, f := range fields {
		all[f.Name] = append(all[f.Name], f.Value)
	}
	used := map[string]bool{}
	for _, property := range m.Schema.Properties {
		encoding := m.encoding[property.Name]
		switch {
		case encoding == nil || property.Schema.isFile():
		case encoding.Style != "" || encoding.Explode != nil:
			c.styled(m, encoding, property, all, into, used)
		case isJSON(mediaTypeOf(encoding.ContentType)) && len(all[property.Name]) == 1:
			used[property.Name] = true
			into[property.Name] = c.jsonField(property.Name, all[property.Name][0], property.Schema)
		}
	}
	return slices.DeleteFunc(slices.Clone(fields), func(f FormField) bool { return used[f.Name] })
}

func mediaTypeOf(contentType string) string {
	mediaType, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(mediaType))
}

// styled reads a property that is written as a query parameter is.
func (c *checker) styled(m *Media, encoding *openapi3.Encoding, property Property, all url.Values, into map[string]any, used map[string]bool) {
	w := howWritten(&openapi3.Parameter{Name: property.Name, In: openapi3.ParameterInQuery, Style: encoding.Style, Explode: encoding.Explode}, property.Schema)
	w.taken = func(name string) bool { return m.Schema.Property(name) != nil }
	r := reader{in: "body"}
	v, there := w.value(&r, all[property.Name], all)
	if !there {
		return
	}
	c.add(r.bad...)
	into[property.Name] = v
	used[property.Name] = true
	for name := range all {
		deep := w.style == "deepObject" && strings.HasPrefix(name, property.Name+"[")
		spread := w.style == "form" && w.explode && slices.Contains(structures(property.Schema, false), object) && w.has(name)
		if deep || spread {
			used[name] = true
		}
	}
}
