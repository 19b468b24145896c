package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"regexp"
	"slices"
	"testing"

	"example.com/awalmock/mockserver/server"
)

// A mutant is made of a document that was read once, with one operation in the place of another. It must be the mock that has read the whole
// changed text. Some are compared, and all of them where MUTANTS_COMPARED=all.
func TestAMutantIsTheMockThatHasReadTheChangedDocument(t *testing.T) {
	t.Parallel()
	d, err := readDocument()
	if err != nil {
		t.Fatal(err)
	}
	fixtures, err := handWritten()
	if err != nil {
		t.Fatal(err)
	}
	all, changed := os.Getenv("MUTANTS_COMPARED") == "all", 0
	for i, g := range d.generate(true) {
		if g.node == nil || !all && i%400 != 0 {
			continue
		}
		quick, quickErr := d.source.WithOperation(g.operation.path, g.operation.method, textOf(g.node, nil, nil))
		whole, wholeErr := server.ReadSource(server.Options{Spec: d.text(g.operation.node, g.node), SpecName: "openapi.json", Fixtures: fixtures})
		if (quickErr == nil) != (wholeErr == nil) {
			t.Errorf("%s: %v; of the whole text: %v", g.name(), quickErr, wholeErr)
		}
		if quickErr != nil || wholeErr != nil {
			continue
		}
		changed++
		c := comparison{seen: map[[2]uintptr]bool{}}
		c.values("document", reflect.ValueOf(quick).Elem().FieldByName("document"), reflect.ValueOf(whole).Elem().FieldByName("document"))
		if c.differs != "" || c.count < 10_000 {
			t.Errorf("%s: %s (after %d values)", g.name(), c.differs, c.count)
		}
		if one, other := served(t, quick), served(t, whole); !reflect.DeepEqual(one, other) {
			t.Errorf("%s: the two serve other documents", g.name())
		}
	}
	if changed < 3 {
		t.Errorf("%d mutants were compared", changed)
	}
}

func TestAComparisonOfMutantsFindsAChange(t *testing.T) {
	t.Parallel()
	d, err := readDocument()
	if err != nil {
		t.Fatal(err)
	}
	for i, g := range d.generate(true) {
		if g.node == nil || i%400 != 0 {
			continue
		}
		quick, err := d.source.WithOperation(g.operation.path, g.operation.method, textOf(g.node, nil, nil))
		if err != nil {
			continue
		}
		c := comparison{seen: map[[2]uintptr]bool{}}
		c.values("document", reflect.ValueOf(quick).Elem().FieldByName("document"), reflect.ValueOf(d.source).Elem().FieldByName("document"))
		if c.differs == "" {
			t.Errorf("%s: no difference from the original", g.name())
		}
	}
}

// apart are the fields that may differ: a schema leads to the list of all that were compiled with it, where it finds its own parts, and the functions
// make the text of the document, which is compared as it is served.
var apart = []string{"shared", "source", "tree", "servedParts"}

// served is the document that a mock of a source serves.
func served(t *testing.T, source *server.Source) any {
	t.Helper()
	mock, err := server.New(server.Options{Source: source, AllowMissing: true})
	if err != nil {
		return nil // the data does not fit it
	}
	defer mock.Close()
	record := httptest.NewRecorder()
	mock.ServeHTTP(record, httptest.NewRequest(http.MethodGet, "http://127.0.0.1/openapi.json", http.NoBody))
	var document any
	if err := json.Unmarshal(record.Body.Bytes(), &document); err != nil {
		t.Error(err)
	}
	return document
}

// A comparison finds the first place in which two values differ, unexported fields and all. Of functions it compares which one it is.
type comparison struct {
	seen    map[[2]uintptr]bool
	count   int
	differs string
}

func (c *comparison) values(at string, a, b reflect.Value) {
	if c.differs != "" {
		return
	}
	c.count++
	if a.Kind() != b.Kind() || a.IsValid() && a.Type() != b.Type() {
		c.differs = fmt.Sprintf("%s: %v and %v", at, a, b)
		return
	}
	switch a.Kind() {
	case reflect.Pointer:
		if !c.same(at, a, b) {
			c.values(at, a.Elem(), b.Elem())
		}
	case reflect.Interface:
		c.values(at, a.Elem(), b.Elem())
	case reflect.Struct:
		for i := range a.NumField() {
			if name := a.Type().Field(i).Name; !slices.Contains(apart, name) {
				c.values(at+"."+name, a.Field(i), b.Field(i))
			}
		}
	case reflect.Slice, reflect.Array:
		if a.Len() != b.Len() {
			c.differs = fmt.Sprintf("%s: %d and %d elements", at, a.Len(), b.Len())
			return
		}
		for i := range a.Len() {
			c.values(fmt.Sprintf("%s[%d]", at, i), a.Index(i), b.Index(i))
		}
	case reflect.Map:
		c.maps(at, a, b)
	case reflect.Func:
		if a.Pointer() != b.Pointer() {
			c.differs = at + ": another function"
		}
	case reflect.Invalid:
	default:
		if !a.Equal(b) {
			c.differs = fmt.Sprintf("%s: %v and %v", at, a, b)
		}
	}
}

// same reports whether two pointers need no further look.
func (c *comparison) same(at string, a, b reflect.Value) bool {
	pair := [2]uintptr{a.Pointer(), b.Pointer()}
	if a.IsNil() || b.IsNil() || a.Type() == reflect.TypeFor[*regexp.Regexp]() {
		if a.IsNil() != b.IsNil() || !a.IsNil() && a.Elem().FieldByName("expr").String() != b.Elem().FieldByName("expr").String() {
			c.differs = at + ": another pointer"
		}
		return true
	}
	if pair[0] == pair[1] || c.seen[pair] {
		return true
	}
	c.seen[pair] = true
	return false
}

func (c *comparison) maps(at string, a, b reflect.Value) {
	if a.Len() != b.Len() {
		c.differs = fmt.Sprintf("%s: %d and %d keys", at, a.Len(), b.Len())
		return
	}
	if a.Type().Key().Kind() != reflect.String {
		c.differs = at + ": keys of another type than text"
		return
	}
	for _, key := range a.MapKeys() {
		c.values(fmt.Sprintf("%s[%v]", at, key), a.MapIndex(key), b.MapIndex(key))
	}
}
