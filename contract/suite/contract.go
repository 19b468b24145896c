package suite

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v4"
	"golang.org/x/mod/semver"

	"example.com/awalmock"
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
	capability string
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

// contract is the OpenAPI document as the suite needs it. It is read-only after loadContract.
type contract struct {
	name, sha256, title, version string
	own                          bool // the embedded document, not another version of it
	operations                   []*operation
	requirements                 []*Requirement
	later                        map[string]bool // requirements that came after the version that is scored
	tree                         *yaml.Node
}

type operation struct {
	id, method, path, pointer string
	capability                string // "" for reading
	limit                     rateLimit
	tags                      []string
	parameters                []*parameter
	bodies                    []*body
	responses                 map[int]*response
	fallback                  *response // `default`
}

type rateLimit struct {
	requests int
	window   time.Duration
	mark     string
}

type parameter struct {
	name, in, place string
	required        bool
	allowEmpty      bool
	schema          *openapi3.Schema
}

// A body is what an operation takes in one media type.
type body struct {
	media, place string
	schema       *openapi3.SchemaRef
}

// properties are those of the body.
func (b *body) properties() openapi3.Schemas { return effective(b.schema).Properties }

// A mediaSchema is what an answer holds in one content type.
type mediaSchema struct {
	place  string
	schema *openapi3.SchemaRef
}

type response struct {
	place string
	media map[string]*mediaSchema // by content type
}

// capabilityOfTag says what a target must offer for the operations of a tag to be asked at all. Numbers and templates are what sending needs: a
// server that only shows an inbox is lawful without them. Other tags are read without a claim.
func capabilityOfTag(tag string) string {
	switch tag {
	case "messages", "numbers", "templates":
		return CapabilitySend
	case "tickets":
		return CapabilityTickets
	}
	return ""
}

// readContract is loadContract, and gives an error for what its library or this package does not survive either.
func readContract(name string, data []byte) (c *contract, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%s: it cannot be read as an OpenAPI document: %v", name, r)
		}
	}()
	return loadContract(name, data)
}

// loadContract reads an OpenAPI 3.0 document; nil data means the one in this module. Errors say what is wrong with the document.
func loadContract(name string, data []byte) (*contract, error) {
	own := data == nil
	if own {
		name, data = "openapi.yaml", []byte(awalmock.OpenAPI())
	}
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		return nil, fmt.Errorf("%s: not an OpenAPI document: %w", name, err)
	}
	if doc.OpenAPI == "" || doc.Paths == nil {
		return nil, fmt.Errorf("%s: not an OpenAPI document: it has no version or no paths", name)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.0") {
		return nil, fmt.Errorf("%s: it is OpenAPI %q, but this suite reads 3.0", name, doc.OpenAPI)
	}
	sum := sha256.Sum256(data)
	c := &contract{name: name, own: own, sha256: hex.EncodeToString(sum[:]), tree: &yaml.Node{}}
	if doc.Info != nil {
		c.title, c.version = doc.Info.Title, doc.Info.Version
	}
	if err := yaml.Unmarshal(data, c.tree); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := c.addRequirements(doc.Extensions, "", nil); err != nil {
		return nil, err
	}
	if err := c.addOperations(doc); err != nil {
		return nil, err
	}
	if len(c.operations) == 0 {
		return nil, fmt.Errorf("%s: it has no operations", name)
	}
	return c, nil
}

func (c *contract) addOperations(doc *openapi3.T) error {
	for _, path := range slices.Sorted(maps.Keys(doc.Paths.Map())) {
		item := doc.Paths.Value(path)
		if item == nil {
			return fmt.Errorf("%s:%d: the path %s has nothing under it", c.name, c.line("/paths"+pointerOf([]string{path})), path)
		}
		for _, method := range slices.Sorted(maps.Keys(item.Operations())) {
			pointer := "/paths" + pointerOf([]string{path, strings.ToLower(method)})
			op, err := c.addOperation(item, item.Operations()[method], pointer)
			if err != nil {
				return err
			}
			op.method, op.path = method, path
		}
	}
	// The order of the file is the order of the reports.
	slices.SortStableFunc(c.operations, func(a, b *operation) int { return c.line(a.pointer) - c.line(b.pointer) })
	return nil
}

func (c *contract) addOperation(item *openapi3.PathItem, in *openapi3.Operation, pointer string) (*operation, error) {
	if in == nil {
		return nil, fmt.Errorf("%s: %s has nothing under it", c.name, pointer)
	}
	if in.OperationID == "" {
		return nil, fmt.Errorf("%s: %s: operationId is missing", c.name, pointer)
	}
	op := &operation{id: in.OperationID, pointer: pointer, tags: in.Tags, responses: map[int]*response{}}
	if len(in.Tags) > 0 {
		op.capability = capabilityOfTag(in.Tags[0])
	}
	if raw, ok := in.Extensions["x-rate-limit"].(map[string]any); ok {
		op.limit = rateLimit{requests: wholeNumber(raw["limit"]), window: time.Duration(wholeNumber(raw["window"])) * time.Second, mark: fmt.Sprint(raw["mark"])}
	}
	for i, ref := range append(slices.Clone(item.Parameters), in.Parameters...) {
		place := fmt.Sprintf("%s/parameters/%d", pointer, i)
		if ref.Ref != "" {
			place = strings.TrimPrefix(ref.Ref, "#")
		}
		p := ref.Value
		if p == nil {
			return nil, fmt.Errorf("%s: %s: the parameter has nothing under it", c.name, place)
		}
		if p.Schema == nil || p.Schema.Value == nil {
			return nil, fmt.Errorf("%s: %s: the parameter %s has no schema", c.name, place, p.Name)
		}
		op.parameters = append(op.parameters, &parameter{name: p.Name, in: p.In, place: place, required: p.Required, allowEmpty: p.AllowEmptyValue, schema: p.Schema.Value})
	}
	op.addBodies(in.RequestBody)
	if in.Responses == nil {
		return nil, fmt.Errorf("%s: %s has no responses", c.name, pointer)
	}
	for _, code := range slices.Sorted(maps.Keys(in.Responses.Map())) {
		ref := in.Responses.Value(code)
		if err := c.addResponse(op, code, ref); err != nil {
			return nil, err
		}
	}
	c.operations = append(c.operations, op)
	return op, c.addRequirements(in.Extensions, pointer, op)
}

func (op *operation) addBodies(ref *openapi3.RequestBodyRef) {
	if ref == nil || ref.Value == nil {
		return
	}
	for _, media := range slices.Sorted(maps.Keys(ref.Value.Content)) {
		var schema *openapi3.SchemaRef
		if content := ref.Value.Content[media]; content != nil {
			schema = content.Schema
		}
		if schema == nil || schema.Value == nil {
			continue
		}
		place := op.pointer + "/requestBody/content" + pointerOf([]string{media}) + "/schema"
		if schema.Ref != "" {
			place = strings.TrimPrefix(schema.Ref, "#")
		}
		op.bodies = append(op.bodies, &body{media, place, schema})
	}
}

func (c *contract) addResponse(op *operation, code string, ref *openapi3.ResponseRef) error {
	place := op.pointer + "/responses/" + code
	if ref == nil {
		return fmt.Errorf("%s: %s has nothing under it", c.name, place)
	}
	if ref.Ref != "" {
		place = strings.TrimPrefix(ref.Ref, "#")
	}
	r := &response{place: place, media: map[string]*mediaSchema{}}
	if ref.Value == nil {
		return fmt.Errorf("%s: %s has nothing under it", c.name, place)
	}
	for _, media := range slices.Sorted(maps.Keys(ref.Value.Content)) {
		content := ref.Value.Content[media]
		if content == nil {
			return fmt.Errorf("%s:%d: the media type %s has nothing under it", c.name, c.line(place+"/content"+pointerOf([]string{media})), media)
		}
		r.media[media] = &mediaSchema{place + "/content" + pointerOf([]string{media}) + "/schema", content.Schema}
	}
	if status, err := strconv.Atoi(code); err == nil {
		op.responses[status] = r
	} else {
		op.fallback = r
	}
	return nil
}

func (c *contract) addRequirements(extensions map[string]any, pointer string, op *operation) error {
	raw, ok := extensions["x-requirements"]
	if !ok {
		return nil
	}
	text, err := json.Marshal(raw)
	if err != nil {
		return fmt.Errorf("%s: %s/x-requirements: %w", c.name, pointer, err)
	}
	var list []*Requirement
	if err := json.Unmarshal(text, &list); err != nil {
		return fmt.Errorf("%s: %s/x-requirements must be a list of id, level, text, source, mark: %w", c.name, pointer, err)
	}
	for i, r := range list {
		if r == nil {
			return fmt.Errorf("%s: %s/x-requirements/%d is empty", c.name, pointer, i)
		}
		r.Place = c.place(fmt.Sprintf("%s/x-requirements/%d", pointer, i))
		if r.ID == "" || r.Text == "" || (r.Level != Must && r.Level != Should) {
			return fmt.Errorf("%s:%d: a requirement needs an id, a level (MUST or SHOULD) and a text", c.name, r.Place.Line)
		}
		if r.Since != "" && !semver.IsValid("v"+r.Since) {
			return fmt.Errorf("%s:%d: since of %s must be a version of the contract such as 1.2.0, not %q", c.name, r.Place.Line, r.ID, r.Since)
		}
		if known := c.requirement(r.ID); known != nil {
			return fmt.Errorf("%s:%d: the requirement %s stands twice, also on line %d", c.name, r.Place.Line, r.ID, known.Place.Line)
		}
		if op != nil {
			r.Operations, r.capability = []string{op.id}, op.capability
		}
		c.requirements = append(c.requirements, r)
	}
	return nil
}

// freeze leaves out the requirements that came after a version of the contract: a run against that version does not score them.
func (c *contract) freeze(version string) {
	c.later = map[string]bool{}
	c.requirements = slices.DeleteFunc(c.requirements, func(r *Requirement) bool {
		if r.Since != "" && semver.Compare("v"+r.Since, "v"+version) > 0 {
			c.later[r.ID] = true
		}
		return c.later[r.ID]
	})
}

func (c *contract) requirement(id string) *Requirement {
	for _, r := range c.requirements {
		if r.ID == id {
			return r
		}
	}
	return nil
}

func (c *contract) operation(id string) *operation {
	for _, op := range c.operations {
		if op.id == id {
			return op
		}
	}
	return nil
}

func (c *contract) operationIDs() (ids []string) {
	for _, op := range c.operations {
		ids = append(ids, op.id)
	}
	return ids
}

// reads are the operations that are asked without a claim: GET, and no capability needed.
func (c *contract) reads() []*operation {
	var out []*operation
	for _, op := range c.operations {
		if op.method == http.MethodGet && op.capability == "" {
			out = append(out, op)
		}
	}
	return out
}

// succeeds reports whether a status is a success that the contract documents: by itself, or by `default` if it has no other.
func (op *operation) succeeds(status int) bool {
	isSuccess := func(status int) bool { return status >= 200 && status < 300 }
	if !isSuccess(status) || op.responses[status] != nil {
		return isSuccess(status)
	}
	return op.fallback != nil && !slices.ContainsFunc(op.statuses(), isSuccess)
}

func (op *operation) response(status int) *response {
	if r := op.responses[status]; r != nil {
		return r
	}
	return op.fallback
}

// allResponses are the documented ones, in the order of their statuses, `default` last.
func (op *operation) allResponses() []*response {
	var out []*response
	for _, status := range op.statuses() {
		out = append(out, op.responses[status])
	}
	if op.fallback != nil {
		out = append(out, op.fallback)
	}
	return out
}

func (op *operation) statuses() []int {
	return slices.Sorted(maps.Keys(op.responses))
}

func (op *operation) parameter(in, name string) *parameter {
	for _, p := range op.parameters {
		if p.in == in && p.name == name {
			return p
		}
	}
	return nil
}

// pathParameter is the operation's parameter in the path, or nil.
func (op *operation) pathParameter() *parameter {
	for _, p := range op.parameters {
		if p.in == "path" {
			return p
		}
	}
	return nil
}

// enumWords are the words of a text parameter's enum, in the order of the file.
func (p *parameter) enumWords() []string {
	if p == nil {
		return nil
	}
	var out []string
	for _, word := range p.schema.Enum {
		if text, ok := word.(string); ok {
			out = append(out, text)
		}
	}
	return out
}

func (c *contract) place(pointer string) Place {
	return Place{Pointer: pointer, Line: c.line(pointer)}
}

// line finds the line of a JSON pointer in the file.
func (c *contract) line(pointer string) int {
	node := c.tree
	if node.Kind == yaml.DocumentNode && len(node.Content) > 0 {
		node = node.Content[0]
	}
	line := node.Line
	for _, part := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		part = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
		next, at := step(node, part)
		if next == nil {
			return line
		}
		node, line = next, at
	}
	return line
}

func step(node *yaml.Node, part string) (*yaml.Node, int) {
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == part {
				return node.Content[i+1], node.Content[i].Line
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(part); err == nil && i >= 0 && i < len(node.Content) {
			return node.Content[i], node.Content[i].Line
		}
	case yaml.AliasNode:
		return step(node.Alias, part)
	}
	return nil, 0
}

func wholeNumber(v any) int {
	f, err := strconv.ParseFloat(fmt.Sprint(v), 64)
	if err != nil {
		return 0
	}
	return int(f)
}

// requirementOf is the requirement in the contract that a generated check belongs to; where there is none, one is made that says what the
// schema says.
func (c *contract) requirementOf(op *operation, id, stated, text, place string) string {
	if c.requirement(stated) != nil {
		return stated
	}
	if c.requirement(id) == nil {
		mark := "D"
		if strings.HasSuffix(id, ".minLength") {
			mark = "I" // that a required text is not empty is no word of the vendor's
		}
		c.requirements = append(c.requirements, &Requirement{
			ID: id, Level: Must, Text: text, Source: "schema", Mark: mark, Operations: []string{op.id}, Place: c.place(place), capability: op.capability,
		})
	}
	return id
}
