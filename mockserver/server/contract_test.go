package server_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"example.com/awalmock"
)

// contract is a document as kin-openapi alone reads it: answers are held against it by other code than the mock's own.
type contract struct {
	doc    *openapi3.T
	router routers.Router
}

var ownContract = sync.OnceValues(func() (*contract, error) { return readContract([]byte(awalmock.OpenAPI())) })

func readContract(document []byte) (*contract, error) {
	doc, err := openapi3.NewLoader().LoadFromData(document)
	if err != nil {
		return nil, err
	}
	doc.Servers = openapi3.Servers{{URL: base}}
	router, err := legacy.NewRouter(doc, openapi3.DisableExamplesValidation())
	return &contract{doc, router}, err
}

// violation is what is wrong with an answer, nil if nothing is.
func (c *contract) violation(method, target string, a *answer) error {
	u, err := url.Parse(target)
	if err != nil {
		u = &url.URL{Path: "/nowhere"}
	}
	r := &http.Request{Method: method, URL: u, Header: http.Header{}}
	route, params, err := c.router.FindRoute(r)
	if err != nil {
		if a.status < 400 {
			return fmt.Errorf("%s %s is not in the document and was answered %d", method, target, a.status)
		}
		return c.doc.Components.Schemas["ErrorBody"].Value.VisitJSON(a.value, openapi3.MultiErrors())
	}
	return openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route},
		Status:                 a.status, Header: a.header, Body: io.NopCloser(bytes.NewReader(a.body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	})
}

// operation is an operation of the document with a request that keeps it, made of the document's examples.
type operation struct {
	id, method, path, target, body, contentType string
	status                                      int    // that the request is answered with, however often it is sent
	code                                        string // of the error, if it is one
	*openapi3.Operation
}

// answers are what requests are answered with that would change the data: they are sent so that they do not.
var answers = map[string]struct {
	status       int
	code, target string
}{
	"createContact": {status: 409, code: "conflict"}, "createContactGroup": {status: 201},
	"deleteContact": {404, "resource_not_found", "/contacts/999"}, "deleteContactGroup": {404, "resource_not_found", "/contact-groups/999"},
	"deleteBranch": {404, "resource_not_found", "/branches/999"},
}

func (op operation) tag() string { return op.Tags[0] }

// isSend reports whether an operation sends a message by an address of its own kind.
func (op operation) isSend() bool { return op.tag() == "messages" }

func (c *contract) operations() []operation {
	var all []operation
	for _, path := range c.doc.Paths.InMatchingOrder() {
		for method, op := range c.doc.Paths.Find(path).Operations() {
			target, query := path, url.Values{}
			for _, p := range op.Parameters {
				switch example := fmt.Sprint(p.Value.Example); {
				case p.Value.In == "path":
					target = strings.ReplaceAll(target, "{"+p.Value.Name+"}", example)
				case p.Value.In == "query" && p.Value.Required:
					query.Set(p.Value.Name, example)
				}
			}
			if len(query) > 0 {
				target += "?" + query.Encode()
			}
			body, contentType := exampleBody(op)
			status, code := 200, ""
			if other, known := answers[op.OperationID]; known {
				status, code, target = other.status, other.code, cmp.Or(other.target, target)
			}
			all = append(all, operation{op.OperationID, method, path, target, body, contentType, status, code, op})
		}
	}
	return all
}

// exampleBody is the last of the named examples of the JSON body (it is the plain one), else a form of the required
// fields.
func exampleBody(op *openapi3.Operation) (body, contentType string) {
	if op.RequestBody == nil {
		return "", ""
	}
	media := op.RequestBody.Value.Content["application/json"]
	if media == nil {
		return exampleForm(op.RequestBody.Value.Content["multipart/form-data"].Schema.Value)
	}
	last := slices.Max(slices.Collect(maps.Keys(media.Examples)))
	text, err := json.Marshal(media.Examples[last].Value.Value)
	if err != nil {
		panic(err)
	}
	return string(text), "application/json"
}

func exampleForm(schema *openapi3.Schema) (body, contentType string) {
	var b strings.Builder
	w := multipart.NewWriter(&b)
	names := schema.Required
	if slices.Contains(names, "message_text") {
		names = append(slices.Clone(names), "header_value") // which goes with the first of header_type
	}
	for _, name := range names {
		value := "1"
		switch property := schema.Properties[name].Value; {
		case property.Example != nil:
			value = fmt.Sprint(property.Example)
		case len(property.Enum) > 0:
			value = fmt.Sprint(property.Enum[0])
		}
		if err := w.WriteField(name, value); err != nil {
			panic(err)
		}
	}
	w.Close()
	return b.String(), w.FormDataContentType()
}

func (op operation) request() call {
	r := call{method: op.method, target: op.target, body: op.body}
	if op.body != "" {
		r.header = []string{"Content-Type: " + op.contentType}
	}
	return r
}

// eachOperation runs a test for every operation of the project's document.
func eachOperation(t *testing.T, test func(t *testing.T, op operation)) {
	t.Helper()
	c, err := ownContract()
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range c.operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			test(t, op)
		})
	}
}
