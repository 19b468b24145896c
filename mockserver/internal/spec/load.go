package spec

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v4"
)

// Load parses, validates and compiles an OpenAPI 3.0 document written in YAML or JSON. The name appears in
// messages only: nothing but data is read, no file and no network. Errors are *Error.
func Load(name string, data []byte) (*Document, error) {
	return loadNamed(name, data, validateKin, func() []byte { return data })
}

// LoadKnown is Load for a document that is built in and that a test has loaded with Load: what kin-openapi checks of it is not checked
// again at each start, and no copy of its text is kept.
func LoadKnown(name, text string) (*Document, error) {
	return loadNamed(name, []byte(text), func(*openapi3.T) error { return nil }, func() []byte { return []byte(text) })
}

// loadNamed loads a document. source gives its text again.
func loadNamed(name string, data []byte, validate func(*openapi3.T) error, source func() []byte) (*Document, error) {
	return guarded(name, func() (*Document, error) {
		t, err := parseTree(data)
		if err != nil {
			return nil, err
		}
		d, err := t.load(name, data, validate)
		if err != nil {
			return nil, err
		}
		d.keepSource(source)
		return d, nil
	})
}

// guarded names the file in each error of a load. The document may be any, and kin-openapi may panic at one that it does not expect.
func guarded(name string, load func() (*Document, error)) (_ *Document, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &Error{File: name, Reason: oneLine(fmt.Sprintf("cannot be read, which is a fault of the mock (panic: %v)", p))}
		}
	}()
	d, err := load()
	if err == nil {
		return d, nil
	}
	if e := (*Error)(nil); errors.As(err, &e) {
		e.File = name
		return nil, e
	}
	return nil, &Error{File: name, Reason: oneLine(err.Error())}
}

// load compiles the document of a tree. The text serves to find the line of an error.
func (t *tree) load(name string, text []byte, validate func(*openapi3.T) error) (*Document, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	doc, err := loadKin(text, t, validate)
	if err != nil {
		return nil, err
	}
	d := &Document{Name: name, byID: map[string]*Operation{}}
	c := compiler{doc: d, tree: t, kin: doc, answers: map[*openapi3.Response]*Response{}}
	c.shared = &shared{schemas: map[*openapi3.Schema]*Schema{}, formats: formatValidators()}
	if err := c.compile(); err != nil {
		return nil, err
	}
	return d, nil
}

// keepSource gives the document its text, and what is made of it when it is asked for.
func (d *Document) keepSource(source func() []byte) {
	d.source = source
	d.tree = sync.OnceValue(func() *tree { return again(source()) })
	d.servedParts = splitter(d)
}

// Operation returns the operation with this operationId, nil if there is none.
func (d *Document) Operation(id string) *Operation { return d.byID[id] }

// Source returns the document's bytes as loaded. The caller must not change them.
func (d *Document) Source() []byte { return d.source() }

// JSON returns the document as compact JSON in the order of the file. It is made anew at each call: few ask for it.
func (d *Document) JSON() []byte {
	text := d.source()
	return appendJSON(make([]byte, 0, len(text)), again(text).root)
}

// Line returns the line of a JSON pointer in the file, 0 if the document has no such place. The first call parses the
// document once more: only faults ask for lines, and the tree would be half of what a mock keeps in memory.
func (d *Document) Line(pointer string) int {
	_, line := d.tree().at(pointer)
	return line
}

// again parses text that was parsed before, so it cannot fail.
func again(data []byte) *tree {
	t, err := parseTree(data)
	if err != nil {
		panic(err)
	}
	return t
}

// check refuses a document that kin would accept, or would refuse without a line.
func (t *tree) check() error {
	version, line := t.at("/openapi")
	switch {
	case version == nil && get(t.root, "swagger") != nil:
		_, line = t.at("/swagger")
		return &Error{Line: line, Reason: "swagger: Swagger " + text(t.root, "swagger") + " is not supported; bring the document to OpenAPI 3.0.3 first (npx swagger2openapi FILE does it)"}
	case version == nil:
		return &Error{Line: 1, Reason: "is no OpenAPI document: the key openapi is missing"}
	case !strings.HasPrefix(version.Value, "3.0."):
		return &Error{Line: line, Reason: t.newer(version.Value)}
	}
	if err := t.checkShape(); err != nil {
		return err
	}
	return t.checkOperations()
}

// isMethod reports whether a path item's key is one of OpenAPI 3.0's methods.
func isMethod(key string) bool {
	switch key {
	case "get", "put", "post", "delete", "options", "head", "patch", "trace":
		return true
	}
	return false
}

// checkOperations refuses operations with the name of another one.
func (t *tree) checkOperations() error {
	paths, line := t.at("/paths")
	if paths == nil || paths.Kind != yaml.MappingNode {
		return &Error{Line: max(line, 1), Reason: "paths is missing"}
	}
	seen := map[string]string{}
	var first error
	eachOperation(paths, func(path, method string, op *yaml.Node) {
		where := "paths." + path + "." + method
		key, id := child(op, "operationId")
		if id == nil || id.Value == "" {
			return
		}
		if other, twice := seen[id.Value]; twice && first == nil {
			first = &Error{Line: key.Line, Reason: where + ": operationId " + id.Value + " is also that of " + other}
		}
		seen[id.Value] = where
	})
	return first
}

// eachOperation calls f for each operation, in the order of the file.
func eachOperation(paths *yaml.Node, f func(path, method string, op *yaml.Node)) {
	members(paths, func(path, item *yaml.Node) {
		members(item, func(key, op *yaml.Node) {
			if isMethod(key.Value) {
				f(path.Value, key.Value, op)
			}
		})
	})
}

// loadKin makes kin's document of the tree and validates it. The bytes serve to find the line of an error.
func loadKin(data []byte, t *tree, validate func(*openapi3.T) error) (*openapi3.T, error) {
	doc := &openapi3.T{}
	if err := t.withContents().Decode(doc); err != nil {
		return nil, kinDecodeError(err)
	}
	if err := newLoader(false).ResolveRefsIn(doc, nil); err != nil {
		return nil, err
	}
	if err := validate(doc); err != nil {
		return nil, t.locate(err, data)
	}
	return doc, nil
}

// validateKin leaves to the compiler what the compiler checks with a line: patterns, examples, defaults.
func validateKin(doc *openapi3.T) error {
	return doc.Validate(context.Background(),
		openapi3.DisableExamplesValidation(), openapi3.DisableSchemaDefaultsValidation(), openapi3.DisableSchemaPatternValidation())
}

func newLoader(origins bool) *openapi3.Loader {
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = false
	loader.IncludeOrigin = origins
	loader.ReadFromURIFunc = func(_ *openapi3.Loader, location *url.URL) ([]byte, error) {
		return nil, fmt.Errorf("%s leads out of this document, which is not supported", location)
	}
	return loader
}

// kinDecodeError is for a value of the wrong type: "cannot construct !!map into …".
func kinDecodeError(err error) error {
	var many *yaml.LoadErrors
	if errors.As(err, &many) && len(many.Errors) > 0 {
		first := many.Errors[0]
		return &Error{Line: first.Mark.Line, Column: first.Mark.Column, Reason: oneLine(strings.ReplaceAll(first.Message, "openapi3.", ""))}
	}
	return &Error{Reason: oneLine(err.Error())}
}

// locate finds the line of one of kin's validation errors. Only a document that is refused is loaded again, with
// the origins of everything: that takes longer.
func (t *tree) locate(err error, data []byte) error {
	pointer, leaf := kinPlace(err)
	pointer = t.contentPointer(pointer)
	e := &Error{}
	_, e.Line = t.at(pointer)
	if doc, loadErr := newLoader(true).LoadFromData(data); loadErr == nil {
		if again := validateKin(doc); again != nil {
			e.Line = max(e.Line, originLine(again)) // the deeper of the two
		}
	}
	e.Reason = leaf
	if pointer != "" {
		e.Reason = readable(pointer) + ": " + leaf
	}
	return e
}

// kinPlace peels the layers off a validation error: how deep it says to be, and what is wrong there.
func kinPlace(err error) (pointer, leaf string) {
	for err != nil {
		switch e := err.(type) { //nolint:errorlint // layer by layer
		case *openapi3.SectionValidationError:
			pointer, err = pointer+"/"+escapeToken(e.Section), e.Cause
		case *openapi3.PathValidationError:
			pointer, err = pointer+"/"+escapeToken(e.Path), e.Cause
		case *openapi3.OperationValidationError:
			pointer, err = pointer+"/"+strings.ToLower(e.Method), e.Cause
		case *openapi3.ComponentValidationError:
			pointer, err = pointer+"/"+componentKey(e.Section)+"/"+escapeToken(e.Name), e.Cause
		case *openapi3.SecurityRequirementSchemeUndefinedError:
			return e.JSONPointer, undefinedScheme(e.Scheme)
		case *openapi3.PathParametersError:
			return "/paths/" + escapeToken(e.Path) + "/" + strings.ToLower(e.Method), fmt.Sprintf("the parameters of the path are not described exactly, missing %s", strings.Join(e.Missing, ", "))
		default:
			return pointer, oneLine(err.Error())
		}
	}
	return pointer, "is invalid"
}

// componentKey is the key under components of what kin calls "request body".
func componentKey(section string) string {
	words := strings.Fields(section)
	for i, w := range words[1:] {
		words[i+1] = strings.ToUpper(w[:1]) + w[1:]
	}
	key := strings.Join(words, "")
	switch {
	case strings.HasSuffix(key, "Body"):
		return strings.TrimSuffix(key, "Body") + "Bodies"
	default:
		return key + "s"
	}
}

// originLine is the line of the innermost error that knows where it comes from.
func originLine(err error) int {
	line := 0
	for ; err != nil; err = errors.Unwrap(err) {
		v := reflect.Indirect(reflect.ValueOf(err))
		if v.Kind() != reflect.Struct {
			continue
		}
		if f := v.FieldByName("Origin"); f.IsValid() {
			if origin, ok := f.Interface().(*openapi3.Origin); ok && origin != nil && origin.Key != nil {
				line = origin.Key.Line
			}
		}
	}
	return line
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
