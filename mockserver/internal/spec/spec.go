// Package spec reads an OpenAPI 3.0 document and answers three questions about it: which operation a request means,
// whether a request keeps the contract, and what an answer must look like.
//
// It is the only package that knows kin-openapi. It must never know HTTP handlers, signatures, workspaces or what any
// operation does.
package spec

import (
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// A Document is a loaded, compiled OpenAPI document. It is read-only after Load and safe for concurrent use.
type Document struct {
	// Name is the file's name as given to Load; it appears in messages.
	Name string
	// BasePath is the path part of the first server's URL, without a trailing slash ("/api/developer").
	BasePath string
	// Title and Version are those of info.
	Title, Version string
	// LeftOut names, a line each, what is not used: examples that do not fit their own schema, and the old word x-faker.
	LeftOut []string
	// Operations are in the order of the file.
	Operations []*Operation
	// SecuritySchemes are in the order of the file.
	SecuritySchemes []*SecurityScheme
	// Collections are the keys x-collection of paths, and of operations, where they do not belong; in the order of the file.
	Collections []Extension
	// Webhooks are the bodies of the root's x-webhooks, in the order of the file.
	Webhooks []Webhook

	source      func() []byte
	tree        func() *tree   // parsed at the first call
	servedParts func() *served // made at the first call
	byID        map[string]*Operation
	routes      *router
}

// An Extension is an x-… key of a path, or of an operation.
type Extension struct {
	Path    string // the template
	Method  string // lower case; "" of the path itself
	Value   any    // as JSON: numbers are json.Number, objects map[string]any
	Pointer string
}

// A Webhook is what the document says is sent to a receiver under a name.
type Webhook struct {
	Name    string
	Schema  *Schema // of the JSON body
	Pointer string
}

// An Operation is one method of one path.
type Operation struct {
	ID     string // operationId, made of method and path where the document gives none
	Method string // upper case
	Path   string // template, relative to the base path: "/conversations/{id}"
	// Pointer is the JSON pointer of the operation: "/paths/~1conversations/get".
	Pointer string
	// RateLimit is x-rate-limit, nil when the document gives none.
	RateLimit *RateLimit
	// Deprecation is x-deprecation of the operation, else of the document; nil when neither has it.
	Deprecation *Deprecation
	// Security is what the operation asks for (its own, else the root's): alternatives, each with the schemes that it asks
	// for together, in the order of components.securitySchemes. An alternative without any leaves the operation open.
	Security [][]*SecurityScheme
	// Secured reports whether each alternative asks for something.
	Secured bool
	// Parameters are the operation's and its path item's, in the order of the file.
	Parameters []*Parameter
	// Bodies are the request body's media types in the order of the file; empty without a request body.
	Bodies       []*Media
	BodyRequired bool
	// Responses are in the order of the file.
	Responses []*Response

	pathParams []int // indices into Parameters, in the order of the template
	queries    []int // indices of the query parameters
}

// A RateLimit allows Limit requests per Window (x-rate-limit: {limit, window in seconds}).
type RateLimit struct {
	Limit  int
	Window time.Duration
}

// A Parameter is a path, query, header or cookie parameter.
type Parameter struct {
	Name, In   string // In: "path", "query", "header", "cookie"
	Required   bool
	AllowEmpty bool // allowEmptyValue: an empty value counts as absent
	Schema     *Schema
	Pointer    string

	index  int    // in Operation.Parameters
	header string // the canonical key of a header parameter
	style  style  // how a value is written
	kin    *openapi3.Parameter
}

// A Media is a body in one content type.
type Media struct {
	Type string // "application/json", lower case, without parameters
	// ContentType is what an answer says: the type as the document writes it, a certain one where it writes a range.
	ContentType string
	Schema      *Schema
	// Examples in the order of the file; a media type's single `example` has the name "".
	Examples []Example
	Pointer  string

	encoding map[string]*openapi3.Encoding // how properties of a form are written, by name
}

// An Example is a named example: compact JSON in the order of the file, or for other media types the text as written.
type Example struct {
	Name string
	Body []byte
}

// A Response is one documented answer of an operation.
type Response struct {
	Status  int // 0 for `default`
	Headers []ResponseHeader
	Bodies  []*Media
	Pointer string

	class bool // is for a whole class: "4XX", whose Status is 400
}

// A ResponseHeader is a documented header of an answer.
type ResponseHeader struct {
	Name     string
	Required bool
	Schema   *Schema
	Example  string // as text, "" without one
}

// A Schema is the part of an OpenAPI schema that this project works with, $refs resolved (it may be cyclic).
type Schema struct {
	Type                               string // "object", "array", "string", "integer", "number", "boolean", "" for any
	Format                             string
	Pattern                            string
	Enum                               []any
	Minimum, Maximum                   *float64
	ExclusiveMinimum, ExclusiveMaximum bool
	MultipleOf                         *float64
	MinLength                          int // in Unicode code points
	MaxLength                          int // -1: none
	MinItems                           int
	MaxItems                           int // -1: none
	UniqueItems                        bool
	MinProperties                      int
	MaxProperties                      int // -1: none
	Nullable                           bool
	Required                           []string // also names that are no property
	ReadOnly, WriteOnly                bool
	Properties                         []Property // in the order of the file; allOf's are merged in
	// AdditionalAllowed is false under `additionalProperties: false`; Additional is its schema when it has one.
	AdditionalAllowed   bool
	Additional          *Schema
	Items               *Schema
	AllOf, OneOf, AnyOf []*Schema
	Not                 *Schema
	Discriminator       *Discriminator
	Example, Default    any            // nil: none; numbers are json.Number, objects map[string]any
	MockValue           string         // x-mock-value
	Extensions          map[string]any // other x-… keys
	Pointer             string         // its place in the document: "/components/schemas/Conversation"

	kin   *openapi3.Schema
	plan  plan
	rules rules
}

// A Property is a named member of an object schema.
type Property struct {
	Name     string
	Required bool
	Schema   *Schema
}

// code is the error code of a breach of the schema's pattern; a breach of another rule has none.
func (s *Schema) code(rule string) string {
	if rule != "pattern" {
		return ""
	}
	code, _ := s.Extensions["x-error-code"].(string)
	return code
}
