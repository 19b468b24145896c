package document

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v4"
	"golang.org/x/mod/semver"
)

// A Requirement is one rule that the target must or should keep: an x-requirements entry of the contract, or one that follows from a schema.
type Requirement struct {
	ID         string   `json:"id"`
	Level      string   `json:"level"` // MUST or SHOULD
	Text       string   `json:"text"`
	Source     string   `json:"source"`
	Mark       string   `json:"mark"`            // D documented, E read off an example, I inferred
	Since      string   `json:"since,omitempty"` // the version of the contract that asked for it first; empty: the first version
	Operations []string `json:"operations"`      // empty: all
	Place      Place    `json:"place"`
	Capability string   `json:"-"`
}

// The two levels of a requirement.
const (
	Must   = "MUST"
	Should = "SHOULD"
)

// A Place is a place in the contract: a JSON pointer, and its line in the file (0 if unknown).
type Place struct {
	Pointer string `json:"pointer,omitempty"`
	Line    int    `json:"line,omitempty"`
}

// Document is the OpenAPI document as the suite needs it. It is read-only after loadContract.
type Document struct {
	Name, SHA256, Title, Version string
	Own                          bool // the embedded document, not another version of it
	Operations                   []*Operation
	Requirements                 []*Requirement
	Later                        map[string]bool // requirements that came after the version that is scored
	tree                         *yaml.Node
	hooks                        []Webhook
}

type Operation struct {
	ID, Method, Path, Pointer string
	Capability                string // "" for reading
	otherSecurity             string // how a caller is known, where that is not by the signature
	Public                    bool   // the document asks for no security
	Limit                     RateLimit
	Deprecation               *Deprecation // nil: it does not go away
	Tags                      []string
	Parameters                []*Parameter
	Bodies                    []*Body
	media                     []string // of its bodies, also those that the suite does not make
	Responses                 map[int]*Response
	fallback                  *Response // `default`
}

type RateLimit struct {
	Requests int
	Window   time.Duration
	Mark     string
}

type Parameter struct {
	Name, In, Place string
	Required        bool
	AllowEmpty      bool
	Schema          *openapi3.Schema
}

// A Body is what an operation takes in one media type.
type Body struct {
	Media, Place string
	Required     bool
	Schema       *openapi3.SchemaRef
}

// Properties are those of the body.
func (b *Body) Properties() openapi3.Schemas { return Effective(b.Schema).Properties }

// A Media is what an answer holds in one content type.
type Media struct {
	Place  string
	Schema *openapi3.SchemaRef
}

type Response struct {
	Place string
	Media map[string]*Media // by content type
}

// Freeze leaves out the requirements that came after a version of the contract: a run against that version does not score them.
func (c *Document) Freeze(version string) {
	c.Later = map[string]bool{}
	c.Requirements = slices.DeleteFunc(c.Requirements, func(r *Requirement) bool {
		if r.Since != "" && semver.Compare("v"+r.Since, "v"+version) > 0 {
			c.Later[r.ID] = true
		}
		return c.Later[r.ID]
	})
}

func (c *Document) Requirement(id string) *Requirement {
	for _, r := range c.Requirements {
		if r.ID == id {
			return r
		}
	}
	return nil
}

func (c *Document) Operation(id string) *Operation {
	for _, op := range c.Operations {
		if op.ID == id {
			return op
		}
	}
	return nil
}

func (c *Document) OperationIDs() (ids []string) {
	for _, op := range c.Operations {
		ids = append(ids, op.ID)
	}
	return ids
}

// Reads are the GET operations that the suite asks, with or without a capability.
func (c *Document) Reads() []*Operation {
	var out []*Operation
	for _, op := range c.Operations {
		if op.Method == http.MethodGet && op.Asked() {
			out = append(out, op)
		}
	}
	return out
}

// RequirementFor is the requirement in the contract that a generated check belongs to; where there is none, one is made that says what the
// schema says.
func (c *Document) RequirementFor(op *Operation, id, stated, text, place string) string {
	if c.Requirement(stated) != nil {
		return stated
	}
	if c.Requirement(id) == nil {
		mark := "D"
		if strings.HasSuffix(id, ".minLength") || strings.HasSuffix(id, ".format") {
			mark = "I" // neither that a required text is not empty nor a format is a word of the vendor's
		}
		c.Requirements = append(c.Requirements, &Requirement{
			ID: id, Level: Must, Text: text, Source: "schema", Mark: mark, Operations: []string{op.ID}, Place: c.Place(place), Capability: op.Capability,
		})
	}
	return id
}

// Commands are the operations that change something; only one that deletes has no body.
func (c *Document) Commands() []*Operation {
	return slices.DeleteFunc(slices.Clone(c.Operations), func(op *Operation) bool { return !op.Changes() || !op.Asked() })
}
