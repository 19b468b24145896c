package specs

import (
	"fmt"
	"net/http"
	"regexp"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/awalmock/contract/document"
)

// A badFormat is a value that breaks the format of a schema, but none of its other keywords.
type badFormat struct {
	value string
	level string // SHOULD where a service may accept it on purpose
}

// badFormats are values that break the format of a schema. There are none for formats that any value of the type has: float, double, password.
func badFormats(schema *openapi3.Schema) []badFormat {
	lenient := func(values ...string) []badFormat {
		out := []badFormat{{value: "nosuchword"}}
		for _, value := range values {
			out = append(out, badFormat{value, document.Should})
		}
		return out
	}
	var all []badFormat
	switch schema.Format {
	case "int32":
		all = []badFormat{{"2147483648", document.Should}}
	case "int64":
		all = []badFormat{{"9223372036854775808", document.Should}}
	case "date":
		all = lenient("2026-02-30", "30.01.2026")
	case "date-time":
		all = lenient("2026-02-30T10:00:00Z", "2026-01-30 10:00")
	case "uuid", "ipv4", "ipv6":
		all = lenient()
	case "email":
		all = lenient("customer@", "a customer@example.com")
	case "uri":
		all = []badFormat{{"https://", document.Should}, {"https://example.com/a menu.png", document.Should}}
	}
	pattern, err := regexp.Compile(schema.Pattern)
	var out []badFormat
	for _, m := range all {
		if err == nil && pattern.MatchString(m.value) && (schema.MaxLength == nil || uint64(len(m.value)) <= *schema.MaxLength) {
			out = append(out, m)
		}
	}
	return out
}

// formats tries values that break the format of a property. A number that is too large may be taken for an id and looked up: then 404 is right too.
func (w *bodyWalk) formats(schema *openapi3.Schema, path []any) {
	for _, m := range badFormats(schema) {
		c := bodyChange{what: fmt.Sprintf("%s of %s", showPath(path), m.value), path: path, value: m.value, level: m.level}
		if schema.Type.Is("integer") {
			c.value, c.alsoRight = numeral(m.value), []int{http.StatusNotFound}
		}
		w.add("format", c)
	}
}
