package spec

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestMatchFindsTheOperationOfARawPath(t *testing.T) {
	t.Parallel()
	cases := []struct {
		method, path, operation string
		params                  []string
	}{
		{"GET", "/v1/items", "listItems", nil},
		{"POST", "/v1/items", "createItem", nil},
		{"GET", "/v1/%69tems", "listItems", nil},
		{"GET", "/%76%31/items", "listItems", nil},
		{"GET", "/v1/items/latest", "latestItem", nil},
		{"GET", "/v1/items/l%61test", "latestItem", nil},
		{"GET", "/v1/items/7", "getItem", []string{"7"}},
		{"DELETE", "/v1/items/7", "deleteItem", []string{"7"}},
		{"GET", "/v1/items/%37", "getItem", []string{"7"}},
		{"GET", "/v1/items/a%2Fb", "getItem", []string{"a/b"}},
		{"GET", "/v1/items/a+b", "getItem", []string{"a+b"}},
		{"GET", "/v1/items/%D8%A3", "getItem", []string{"أ"}},
		{"GET", "/v1/items/latest/parts/p", "getPart", []string{"latest", "p"}},
		{"GET", "/v1/items/...", "getItem", []string{"..."}},
		{"GET", "/v1/files/a.txt", "getFile", []string{"a", "txt"}},
		{"GET", "/v1/files/a.tar.gz", "getFile", []string{"a", "tar.gz"}},
		{"GET", "/v1/files/a%2Eb%0A.c", "getFile", []string{"a", "b\n.c"}},
		{"GET", "/v1/deep/1/2/3/4/5,6", "getDeep", []string{"1", "2", "3", "4", "5,6"}},
	}
	for _, c := range cases {
		m, err := richDocument().Match(c.method, c.path)
		if err != nil || m.Operation.ID != c.operation {
			t.Errorf("%s %s: got %v, %v, want %s", c.method, c.path, m.Operation, err, c.operation)
			continue
		}
		if m.count != len(c.params) {
			t.Errorf("%s: %d parameters, want %d", c.path, m.count, len(c.params))
			continue
		}
		for i, want := range c.params {
			if got := m.PathParam(i); got != want {
				t.Errorf("%s: parameter %d is %q, want %q", c.path, i, got, want)
			}
		}
	}
}

func TestMatchNormalisesNothing(t *testing.T) {
	t.Parallel()
	for _, path := range []string{
		"", "/", "*", "items", "v1/items", "/items", "/v1", "/v1/", "/v1/items/", "/v1//items", "//v1/items", "/v1/items//", "/v1/./items", "/v1/items/../items",
		"/v1/items/..", "/v1/items/.", "/v1/items/%2e%2e", "/v1/items/%2E", "/v1/items%2F7", "/v1%2Fitems", "/v1/Items", "/v1/items/7/", "/v1/items/7/parts", "/v1/items/7/parts/",
		"/v1/items/7/parts/p/q", "/v1/files/.txt", "/v1/files/a.", "/v1/files/a", "/v1/items/%zz", "/v1/items/%2", "/v1/items/%", "/v1/%ff", "/v1/items?x", "/v1/items/7#x/y",
	} {
		if m, err := richDocument().Match("GET", path); !errors.Is(err, ErrNotFound) || m.Operation != nil {
			t.Errorf("%q: got %v, %v, want ErrNotFound", path, m.Operation, err)
		}
	}
}

func TestAnotherMethodOfAKnownPathIsNotAllowed(t *testing.T) {
	t.Parallel()
	cases := map[string]string{"/v1/items": "GET POST", "/v1/items/latest": "GET", "/v1/items/1": "DELETE GET"}
	for path, allow := range cases {
		for _, method := range []string{http.MethodHead, http.MethodOptions, http.MethodPut, "get", ""} {
			_, err := richDocument().Match(method, path)
			var not *MethodNotAllowedError
			if !errors.As(err, &not) || strings.Join(not.Allow, " ") != allow {
				t.Errorf("%s %s: got %v, want allowed %s", method, path, err, allow)
			}
		}
	}
	_, err := richDocument().Match("PUT", "/v1/items")
	if err.Error() != "method not allowed, allowed are GET, POST" {
		t.Error(err)
	}
}

func TestEveryOperationOfOurContractIsMatched(t *testing.T) {
	t.Parallel()
	d := awalDocument()
	for _, op := range d.Operations {
		path := op.Path
		for _, name := range templateNames(op.Path) {
			path = strings.ReplaceAll(path, "{"+name+"}", "%31")
		}
		m, err := d.Match(op.Method, d.BasePath+path)
		if err != nil || m.Operation != op {
			t.Errorf("%s: got %v, %v", op.ID, m.Operation, err)
		}
		for i := range op.pathParams {
			if m.PathParam(i) != "1" {
				t.Errorf("%s: parameter %d is %q", op.ID, i, m.PathParam(i))
			}
		}
	}
}

func TestAPathParameterThatIsNotUTF8IsAViolation(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{"/items/%ff": "id: is not valid UTF-8", "/items/%ff/parts/%fe": "part: is not valid UTF-8\nid: is not valid UTF-8"} {
		got := call{path: path}.violations(t, richDocument())
		if fmt.Sprint(sorted(got)) != fmt.Sprint(sorted(want)) {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

func FuzzMatchNeverPanics(f *testing.F) {
	for _, path := range []string{"/v1/items", "/v1/items/%ff", "/v1/items/1/parts/%2f", "//", "/%", "/v1/files/..", "/v1/deep/%ff/%fe/%fd/%fc/%fb", "\x00", "/v1/files/a.b.c"} {
		f.Add("GET", path)
	}
	f.Fuzz(func(t *testing.T, method, path string) {
		for _, d := range []*Document{richDocument(), awalDocument()} {
			m, err := d.Match(method, path)
			var not *MethodNotAllowedError
			if err != nil && !errors.Is(err, ErrNotFound) && !errors.As(err, &not) {
				t.Fatalf("%v", err)
			}
			if err == nil && (m.Operation.Method != method || m.count != len(m.Operation.pathParams)) {
				t.Fatalf("%q: %+v", path, m)
			}
		}
	})
}
