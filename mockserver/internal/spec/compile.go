package spec

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v4"
)

// A compiler turns kin's document into ours, once: everything that a request needs to know is worked out here.
type compiler struct {
	doc     *Document
	tree    *tree
	kin     *openapi3.T
	shared  *shared
	answers map[*openapi3.Response]*Response // those compiled, by their place in the document
	pending []func() error                   // checks that need all schemas compiled

	toldOldName bool // of x-mock-value
}

func (c *compiler) errorAt(pointer, format string, args ...any) error {
	_, line := c.tree.at(pointer)
	return &Error{Line: line, Reason: readable(pointer) + ": " + fmt.Sprintf(format, args...)}
}

func (c *compiler) compile() error {
	base, err := c.basePath()
	if err != nil {
		return err
	}
	c.doc.BasePath = base
	if version, _ := c.tree.at("/info/version"); version != nil {
		c.doc.Version = version.Value
	}
	if title, _ := c.tree.at("/info/title"); title != nil {
		c.doc.Title = title.Value
	}
	c.securitySchemes()
	paths, _ := c.tree.at("/paths")
	c.ignoreServers(paths)
	c.collections(paths)
	names := c.nameOperations(paths)
	eachOperation(paths, func(path, method string, _ *yaml.Node) {
		if err == nil {
			err = c.operation(path, method, names[method+" "+path])
		}
	})
	if err != nil {
		return err
	}
	if err := c.componentSchemas(); err != nil {
		return err
	}
	if err := c.webhooks(); err != nil {
		return err
	}
	finish(c.shared.schemas)
	for _, check := range c.pending {
		if err := check(); err != nil {
			return err
		}
	}
	if err := c.checkRules(); err != nil {
		return err
	}
	c.doc.routes = newRouter(c.doc)
	c.trim()
	return nil
}

// collections gathers each x-collection.
func (c *compiler) collections(paths *yaml.Node) {
	const key = "x-collection"
	members(paths, func(path, item *yaml.Node) {
		at := "/paths/" + escapeToken(path.Value)
		add := func(method, pointer string, node *yaml.Node) {
			if v := get(node, key); v != nil {
				c.doc.Collections = append(c.doc.Collections, Extension{path.Value, method, value(v), pointer + "/" + key})
			}
		}
		add("", at, item)
		members(item, func(method, op *yaml.Node) {
			if isMethod(method.Value) {
				add(method.Value, at+"/"+method.Value, op)
			}
		})
	})
}

// basePath is the path of the first server's URL, its variables set to their defaults.
func (c *compiler) basePath() (string, error) {
	if len(c.kin.Servers) == 0 {
		return "", nil
	}
	server := c.kin.Servers[0]
	address := server.URL
	for name, variable := range server.Variables {
		address = strings.ReplaceAll(address, "{"+name+"}", variable.Default)
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", c.errorAt("/servers/0/url", "%q is no URL", server.URL)
	}
	return strings.TrimRight(u.Path, "/"), nil
}

func (c *compiler) operation(path, method, id string) error {
	item := c.kin.Paths.Value(path)
	kin := item.GetOperation(strings.ToUpper(method))
	op := &Operation{
		ID: id, Method: strings.ToUpper(method), Path: path,
		Pointer: "/paths/" + escapeToken(path) + "/" + method,
	}
	if err := c.security(op, kin.Security); err != nil {
		return err
	}
	var err error
	if op.RateLimit, err = c.rateLimit(op.Pointer + "/x-rate-limit"); err != nil {
		return err
	}
	if err := c.operationDeprecation(op, kin.Deprecated); err != nil {
		return err
	}
	if err := c.parameters(op, item, kin); err != nil {
		return err
	}
	if err := c.requestBody(op, kin); err != nil {
		return err
	}
	if err := c.responses(op, kin); err != nil {
		return err
	}
	c.doc.Operations = append(c.doc.Operations, op)
	c.doc.byID[op.ID] = op
	return nil
}

// rateLimit reads x-rate-limit: {limit, window in seconds}.
func (c *compiler) rateLimit(pointer string) (*RateLimit, error) {
	node, _ := c.tree.at(pointer)
	if node == nil {
		return nil, nil
	}
	limit, errLimit := strconv.Atoi(text(node, "limit"))
	window, errWindow := strconv.Atoi(text(node, "window"))
	if errLimit != nil || limit < 1 {
		return nil, c.errorAt(pointer, "limit must be a number of requests, 1 or more")
	}
	if errWindow != nil || window < 1 || window > math.MaxInt32 {
		return nil, c.errorAt(pointer, "window must be a number of seconds, 1 or more")
	}
	return &RateLimit{Limit: limit, Window: time.Duration(window) * time.Second}, nil
}

// maxParameters is how many parameters fit the bit set of a Request.
const maxParameters = 64

func (c *compiler) parameters(op *Operation, item *openapi3.PathItem, kin *openapi3.Operation) error {
	itemPointer := op.Pointer[:strings.LastIndexByte(op.Pointer, '/')] + "/parameters/"
	for i, ref := range item.Parameters {
		if kin.Parameters.GetByInAndName(ref.Value.In, ref.Value.Name) != nil {
			continue // the operation overrides it
		}
		if err := c.parameter(op, ref.Value, itemPointer+strconv.Itoa(i)); err != nil {
			return err
		}
	}
	for i, ref := range kin.Parameters {
		if err := c.parameter(op, ref.Value, op.Pointer+"/parameters/"+strconv.Itoa(i)); err != nil {
			return err
		}
	}
	if len(op.Parameters) > maxParameters {
		return c.errorAt(op.Pointer, "has more than %d parameters", maxParameters)
	}
	for _, name := range templateNames(op.Path) {
		for _, p := range op.Parameters {
			if p.In == "path" && p.Name == name {
				op.pathParams = append(op.pathParams, p.index)
			}
		}
	}
	return nil
}

func (c *compiler) parameter(op *Operation, kin *openapi3.Parameter, pointer string) error {
	if kin.In == "header" {
		switch strings.ToLower(kin.Name) {
		case "accept", "content-type", "authorization":
			return nil // OpenAPI: such a definition shall be ignored
		}
	}
	_, pointer = c.tree.resolve(pointer)
	p := &Parameter{
		Name: kin.Name, In: kin.In, Required: kin.Required,
		AllowEmpty: kin.AllowEmptyValue && kin.In == "query",
		Pointer:    pointer, index: len(op.Parameters), kin: kin,
	}
	if kin.In == "header" {
		p.header = textproto.CanonicalMIMEHeaderKey(kin.Name)
	}
	if kin.In == "query" {
		op.queries = append(op.queries, p.index)
	}
	ref, schemaPointer := kin.Schema, pointer+"/schema"
	for mediaType, media := range kin.Content {
		ref, schemaPointer = media.Schema, pointer+"/content/"+escapeToken(mediaType)+"/schema"
	}
	schema, err := c.schema(ref, schemaPointer)
	if err != nil {
		return err
	}
	p.Schema = schema
	p.style = styleOf(kin, schema)
	op.Parameters = append(op.Parameters, p)
	return nil
}

func (c *compiler) requestBody(op *Operation, kin *openapi3.Operation) error {
	if kin.RequestBody == nil {
		return nil
	}
	op.BodyRequired = kin.RequestBody.Value.Required
	_, pointer := c.tree.resolve(op.Pointer + "/requestBody")
	var err error
	op.Bodies, err = c.content(kin.RequestBody.Value.Content, pointer+"/content", false)
	return err
}

// leaveOut remembers something that is not used.
func (c *compiler) leaveOut(misfit error, instead string) {
	var e *Error
	if errors.As(misfit, &e) {
		e.File = c.doc.Name
	}
	c.doc.LeftOut = append(c.doc.LeftOut, misfit.Error()+"; "+instead)
}

// fits reports whether a schema accepts its own example or default.
func (c *compiler) fits(s *Schema, node *yaml.Node, pointer string, answer bool) error {
	v := value(node)
	violations := s.violations(v, place{in: "body", root: "body"})
	if answer {
		violations = s.Violations(v)
	}
	if len(violations) == 0 {
		return nil
	}
	first := violations[0]
	if first.Field == "body" {
		first.Field = "it"
	}
	return c.errorAt(pointer, "does not fit its schema: %s %s", first.Field, first.Text)
}

func (c *compiler) responses(op *Operation, kin *openapi3.Operation) error {
	node, _ := c.tree.at(op.Pointer + "/responses")
	var err error
	members(node, func(key, _ *yaml.Node) {
		if err == nil && !strings.HasPrefix(key.Value, "x-") {
			err = c.response(op, kin, key.Value)
		}
	})
	return err
}

func (c *compiler) response(op *Operation, kin *openapi3.Operation, code string) error {
	written := op.Pointer + "/responses/" + escapeToken(code)
	compiled, err := c.responseOf(kin.Responses.Value(code).Value, written)
	if err != nil {
		return err
	}
	r := *compiled
	switch status, err := strconv.Atoi(code); {
	case code == "default":
	case err == nil && status >= 100 && status <= 599:
		r.Status = status
	case len(code) == 3 && strings.EqualFold(code[1:], "XX") && code[0] >= '1' && code[0] <= '5':
		r.Status, r.class = int(code[0]-'0')*100, true
	default:
		return c.errorAt(written, "a response is named by its status, its class (4XX) or default")
	}
	op.Responses = append(op.Responses, &r)
	return nil
}

// responseOf compiles a response once, however many operations share it. Its status is for each to set.
func (c *compiler) responseOf(kin *openapi3.Response, pointer string) (*Response, error) {
	if r := c.answers[kin]; r != nil {
		return r, nil
	}
	_, pointer = c.tree.resolve(pointer)
	r := &Response{Pointer: pointer}
	var err error
	if r.Bodies, err = c.content(kin.Content, pointer+"/content", true); err != nil {
		return nil, err
	}
	if r.Headers, err = c.headers(kin.Headers, pointer+"/headers"); err != nil {
		return nil, err
	}
	c.answers[kin] = r
	return r, nil
}

func (c *compiler) headers(kin openapi3.Headers, pointer string) ([]ResponseHeader, error) {
	node, _ := c.tree.at(pointer)
	var list []ResponseHeader
	var err error
	members(node, func(key, _ *yaml.Node) {
		if err != nil || strings.EqualFold(key.Value, "content-type") {
			return
		}
		h := ResponseHeader{Name: key.Value, Required: kin[key.Value].Value.Required}
		_, at := c.tree.resolve(pointer + "/" + escapeToken(key.Value))
		h.Schema, err = c.schema(kin[key.Value].Value.Schema, at+"/schema")
		header, _ := c.tree.at(at)
		h.Example = text(header, "example")
		if examples := get(header, "examples"); h.Example == "" && examples != nil {
			members(examples, func(_, example *yaml.Node) { h.Example = cmp.Or(h.Example, text(example, "value")) })
		}
		if h.Example == "" {
			schema, _ := c.tree.resolve(at + "/schema")
			h.Example = text(schema, "example")
		}
		list = append(list, h)
	})
	return list, err
}

// componentSchemas compiles those schemas that no operation uses: payloads of webhooks, for instance.
func (c *compiler) componentSchemas() error {
	node, _ := c.tree.at("/components/schemas")
	var err error
	members(node, func(key, _ *yaml.Node) {
		if err == nil {
			_, err = c.schema(c.kin.Components.Schemas[key.Value], "/components/schemas/"+escapeToken(key.Value))
		}
	})
	return err
}
