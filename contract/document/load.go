package document

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v4"
	"golang.org/x/mod/semver"

	"example.com/awalmock"
)

// Read is loadContract, and gives an error for what its library or this package does not survive either.
func Read(name string, data []byte) (c *Document, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%s: it cannot be read as an OpenAPI document: %v", name, r)
		}
	}()
	return Load(name, data)
}

// Load reads an OpenAPI 3.0 document; nil data means the one in this module. Errors say what is wrong with the document.
func Load(name string, data []byte) (*Document, error) {
	own := data == nil
	var read *parsed
	var err error
	if own {
		name = "openapi.yaml"
		read, err = ownParsed()
	} else {
		read, err = parse(name, data)
		if err == nil {
			err = validate(name, read.doc)
		}
	}
	if err != nil {
		return nil, err
	}
	doc := read.doc
	c := &Document{Name: name, Own: own, SHA256: read.sum, tree: read.tree}
	if doc.Info != nil {
		c.Title, c.Version = doc.Info.Title, doc.Info.Version
	}
	if err := c.addRequirements(doc.Extensions, "", nil); err != nil {
		return nil, err
	}
	if err := c.addOperations(doc); err != nil {
		return nil, err
	}
	if len(c.Operations) == 0 {
		return nil, fmt.Errorf("%s: it has no operations", name)
	}
	c.addWebhooks(doc)
	return c, nil
}

// A parsed document is shared by all that is made of it, and never changed.
type parsed struct {
	doc  *openapi3.T
	tree *yaml.Node
	sum  string // SHA-256 in hex
}

// ownParsed is the document in this module, parsed once in a process: some programs run the suite a thousand times. It is a cache of a constant,
// not state.
var ownParsed = sync.OnceValues(func() (*parsed, error) { return parse("openapi.yaml", []byte(awalmock.OpenAPI())) })

func parse(name string, data []byte) (*parsed, error) {
	sum := sha256.Sum256(data)
	out := &parsed{tree: &yaml.Node{}, sum: hex.EncodeToString(sum[:])}
	if err := yaml.Unmarshal(data, out.tree); err != nil {
		return nil, fmt.Errorf("%s: not an OpenAPI document: it is no valid YAML: %s", name, reasonOf(err))
	}
	if len(out.tree.Content) == 0 {
		return nil, fmt.Errorf("%s: not an OpenAPI document: the file is empty", name)
	}
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		if wrong := wrongReference(out.tree.Content[0], out.tree.Content[0], 0); wrong != "" {
			return nil, fmt.Errorf("%s:%s", name, wrong)
		}
		return nil, fmt.Errorf("%s: not an OpenAPI document: %s", name, reasonOf(err))
	}
	switch {
	case doc.OpenAPI == "":
		return nil, fmt.Errorf("%s: not an OpenAPI document: it has no version (openapi: 3.0.3)", name)
	case doc.Paths == nil:
		return nil, fmt.Errorf("%s: not an OpenAPI document: it has no paths", name)
	case !strings.HasPrefix(doc.OpenAPI, "3.0"):
		return nil, fmt.Errorf("%s: it is OpenAPI %q, but this suite reads 3.0", name, doc.OpenAPI)
	}
	out.doc = doc
	return out, nil
}

func (c *Document) addOperations(doc *openapi3.T) error {
	for _, path := range slices.Sorted(maps.Keys(doc.Paths.Map())) {
		item := doc.Paths.Value(path)
		if item == nil {
			return fmt.Errorf("%s:%d: the path %s has nothing under it", c.Name, c.line("/paths"+PointerOf([]string{path})), path)
		}
		for _, method := range slices.Sorted(maps.Keys(item.Operations())) {
			pointer := "/paths" + PointerOf([]string{path, strings.ToLower(method)})
			op, err := c.addOperation(item, item.Operations()[method], pointer)
			if err != nil {
				return err
			}
			op.Method, op.Path = method, path
			op.addSecurity(doc, item.Operations()[method])
			op.Deprecation = cmp.Or(deprecation(item.Operations()[method].Extensions), deprecation(doc.Extensions))
		}
	}
	// The order of the file is the order of the reports.
	slices.SortStableFunc(c.Operations, func(a, b *Operation) int { return c.line(a.Pointer) - c.line(b.Pointer) })
	return nil
}

func (c *Document) addOperation(item *openapi3.PathItem, in *openapi3.Operation, pointer string) (*Operation, error) {
	if in == nil {
		return nil, fmt.Errorf("%s: %s has nothing under it", c.Name, pointer)
	}
	if in.OperationID == "" {
		return nil, fmt.Errorf("%s: %s: operationId is missing", c.Name, pointer)
	}
	op := &Operation{ID: in.OperationID, Pointer: pointer, Tags: in.Tags, Responses: map[int]*Response{}}
	if len(in.Tags) > 0 {
		op.Capability = capabilityOfTag(in.Tags[0])
	}
	if raw, ok := in.Extensions["x-rate-limit"].(map[string]any); ok {
		op.Limit = RateLimit{Requests: wholeNumber(raw["limit"]), Window: time.Duration(wholeNumber(raw["window"])) * time.Second, Mark: fmt.Sprint(raw["mark"])}
	}
	for i, ref := range append(slices.Clone(item.Parameters), in.Parameters...) {
		place := fmt.Sprintf("%s/parameters/%d", pointer, i)
		if ref.Ref != "" {
			place = strings.TrimPrefix(ref.Ref, "#")
		}
		p := ref.Value
		if p == nil {
			return nil, fmt.Errorf("%s: %s: the parameter has nothing under it", c.Name, place)
		}
		if p.Schema == nil || p.Schema.Value == nil {
			return nil, fmt.Errorf("%s: %s: the parameter %s has no schema", c.Name, place, p.Name)
		}
		op.Parameters = append(op.Parameters, &Parameter{Name: p.Name, In: p.In, Place: place, Required: p.Required, AllowEmpty: p.AllowEmptyValue, Schema: p.Schema.Value})
	}
	op.addBodies(in.RequestBody)
	if in.Responses == nil {
		return nil, fmt.Errorf("%s: %s has no responses", c.Name, pointer)
	}
	for _, code := range slices.Sorted(maps.Keys(in.Responses.Map())) {
		ref := in.Responses.Value(code)
		if err := c.addResponse(op, code, ref); err != nil {
			return nil, err
		}
	}
	c.Operations = append(c.Operations, op)
	return op, c.addRequirements(in.Extensions, pointer, op)
}

const mediaURLEncoded = "application/x-www-form-urlencoded"

func (op *Operation) addBodies(ref *openapi3.RequestBodyRef) {
	if ref == nil || ref.Value == nil {
		return
	}
	op.media = slices.Sorted(maps.Keys(ref.Value.Content))
	for _, media := range op.media {
		if media == mediaURLEncoded { // a form that the vendor does not have: a server may refuse it
			continue
		}
		var schema *openapi3.SchemaRef
		if content := ref.Value.Content[media]; content != nil {
			schema = content.Schema
		}
		if schema == nil || schema.Value == nil {
			continue
		}
		place := op.Pointer + "/requestBody/content" + PointerOf([]string{media}) + "/schema"
		if schema.Ref != "" {
			place = strings.TrimPrefix(schema.Ref, "#")
		}
		op.Bodies = append(op.Bodies, &Body{media, place, ref.Value.Required, schema})
	}
}

func (c *Document) addResponse(op *Operation, code string, ref *openapi3.ResponseRef) error {
	place := op.Pointer + "/responses/" + code
	if ref == nil {
		return fmt.Errorf("%s: %s has nothing under it", c.Name, place)
	}
	if ref.Ref != "" {
		place = strings.TrimPrefix(ref.Ref, "#")
	}
	r := &Response{Place: place, Media: map[string]*Media{}}
	if ref.Value == nil {
		return fmt.Errorf("%s: %s has nothing under it", c.Name, place)
	}
	for _, media := range slices.Sorted(maps.Keys(ref.Value.Content)) {
		content := ref.Value.Content[media]
		if content == nil {
			return fmt.Errorf("%s:%d: the media type %s has nothing under it", c.Name, c.line(place+"/content"+PointerOf([]string{media})), media)
		}
		r.Media[media] = &Media{place + "/content" + PointerOf([]string{media}) + "/schema", content.Schema}
	}
	if status, err := strconv.Atoi(code); err == nil {
		op.Responses[status] = r
	} else {
		op.fallback = r
	}
	return nil
}

func (c *Document) addRequirements(extensions map[string]any, pointer string, op *Operation) error {
	raw, ok := extensions["x-requirements"]
	if !ok {
		return nil
	}
	text, err := json.Marshal(raw)
	if err != nil {
		return fmt.Errorf("%s: %s/x-requirements: %w", c.Name, pointer, err)
	}
	var list []*Requirement
	if err := json.Unmarshal(text, &list); err != nil {
		return fmt.Errorf("%s: %s/x-requirements must be a list of id, level, text, source, mark: %w", c.Name, pointer, err)
	}
	for i, r := range list {
		if r == nil {
			return fmt.Errorf("%s: %s/x-requirements/%d is empty", c.Name, pointer, i)
		}
		r.Place = c.Place(fmt.Sprintf("%s/x-requirements/%d", pointer, i))
		if r.ID == "" || r.Text == "" || (r.Level != Must && r.Level != Should) {
			return fmt.Errorf("%s:%d: a requirement needs an id, a level (MUST or SHOULD) and a text", c.Name, r.Place.Line)
		}
		if r.Since != "" && !semver.IsValid("v"+r.Since) {
			return fmt.Errorf("%s:%d: since of %s must be a version of the contract such as 1.2.0, not %q", c.Name, r.Place.Line, r.ID, r.Since)
		}
		if known := c.Requirement(r.ID); known != nil {
			return fmt.Errorf("%s:%d: the requirement %s appears twice, also on line %d", c.Name, r.Place.Line, r.ID, known.Place.Line)
		}
		if op != nil {
			r.Operations, r.Capability = []string{op.ID}, op.Capability
		}
		c.Requirements = append(c.Requirements, r)
	}
	return nil
}

func wholeNumber(v any) int {
	f, err := strconv.ParseFloat(fmt.Sprint(v), 64)
	if err != nil {
		return 0
	}
	return int(f)
}
