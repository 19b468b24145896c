package server_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/awalmock/mockserver/mocktest"
)

// eachParameter tries something with every parameter of every operation that is in a place.
func eachParameter(t *testing.T, in string, test func(t *testing.T, m *mock, op operation, p *openapi3.Parameter)) {
	t.Helper()
	m := start(t, unlimited())
	eachOperation(t, func(t *testing.T, op operation) {
		for _, p := range op.Parameters {
			if p.Value.In == in {
				test(t, m, op, p.Value)
			}
		}
	})
}

// with is the operation's request with a value of a query parameter.
func (op operation) with(name, value string) call {
	path, query, _ := strings.Cut(op.target, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		panic(err)
	}
	values.Set(name, value)
	r := op.request()
	r.target = path + "?" + values.Encode()
	return r
}

// wrongValues are values that a parameter of a type does not take with any bounds.
func wrongValues(s *openapi3.Schema) []string {
	switch {
	case s.Type.Is("integer"):
		return []string{"x", "", "1.0", "1e0", "01", " 1", "+1", "0x1", "1,2", "١", "99999999999999999999", "null", "true"}
	case s.Type.Is("boolean"):
		return []string{"x", "yes", "TRUE", "2", "null", ""}
	case s.Format == "date":
		return []string{"x", "2024-02-30", "2023-02-29", "2024-13-01", "2024-00-10", "2024-01-32", "2024-1-1", "20240101", "2024-01-20T10:00:00Z", "20-01-2024", " 2024-01-20", "٢٠٢٤-٠١-٢٠"}
	case len(s.Enum) > 0:
		return []string{"x", strings.ToUpper(fmt.Sprint(s.Enum[0])), " " + fmt.Sprint(s.Enum[0])}
	}
	return nil
}

func TestAParameterOfAWrongTypeIs400ThatNamesIt(t *testing.T) {
	t.Parallel()
	eachParameter(t, "query", func(t *testing.T, m *mock, op operation, p *openapi3.Parameter) {
		for _, value := range wrongValues(p.Schema.Value) {
			m.do(t, op.with(p.Name, value)).is(t, 400, "validation_failed").names(t, p.Name)
		}
	})
}

func TestANumberInAQueryHoldsAtItsBoundsAndNotBeyond(t *testing.T) {
	t.Parallel()
	found := map[string]bool{}
	c, err := ownContract()
	if err != nil {
		t.Fatal(err)
	}
	m := start(t, unlimited())
	for _, op := range c.operations() {
		for _, p := range op.Parameters {
			s := p.Value.Schema.Value
			if p.Value.In != "query" || !s.Type.Is("integer") || s.Min == nil {
				continue
			}
			found[op.id+" "+p.Value.Name] = true
			least := int64(*s.Min)
			m.do(t, op.with(p.Value.Name, fmt.Sprint(least))).is(t, op.status, op.code)
			m.do(t, op.with(p.Value.Name, fmt.Sprint(least-1))).is(t, 400, "validation_failed").names(t, p.Value.Name)
			if s.Max == nil { // a page after the last one is empty
				a := m.do(t, op.with(p.Value.Name, "9223372036854775807")).is(t, op.status, op.code)
				if rows := a.rows(); p.Value.Name == "page" && len(rows) > 0 {
					t.Errorf("%s: %s", op.id, a.body)
				}
				continue
			}
			most := int64(*s.Max)
			m.do(t, op.with(p.Value.Name, fmt.Sprint(most))).is(t, op.status, op.code)
			m.do(t, op.with(p.Value.Name, fmt.Sprint(most+1))).is(t, 400, "validation_failed").names(t, p.Value.Name)
		}
	}
	for _, list := range []string{"listTemplates", "listContacts", "listContactGroups", "listBranches", "listOrders"} {
		if !found[list+" page"] || !found[list+" limit"] {
			t.Errorf("%s: page and limit have no bounds: %v", list, found)
		}
	}
}

func TestAnIDInAPathIsACanonicalInteger(t *testing.T) {
	t.Parallel()
	eachParameter(t, "path", func(t *testing.T, m *mock, op operation, p *openapi3.Parameter) {
		for _, id := range []string{"x", "01", "1.0", "1e0", "+1", "-", "0x1", "1%20", "%D9%A1", "99999999999999999999"} {
			r := op.request()
			r.target = strings.ReplaceAll(op.path, "{"+p.Name+"}", id)
			if _, query, given := strings.Cut(op.target, "?"); given {
				r.target += "?" + query
			}
			m.do(t, r).is(t, 400, "validation_failed").names(t, p.Name)
		}
	})
}

func TestARequiredParameterThatIsMissingIs400(t *testing.T) {
	t.Parallel()
	eachParameter(t, "query", func(t *testing.T, m *mock, op operation, p *openapi3.Parameter) {
		if !p.Required {
			return
		}
		r := op.request()
		r.target, _, _ = strings.Cut(op.target, "?")
		m.do(t, r).is(t, 400, "validation_failed").names(t, p.Name)
	})
}

func TestAnUnknownParameterOfACommandIsWarnedOfOrRefusedByStrict(t *testing.T) {
	t.Parallel()
	m, strict := start(t, unlimited()), start(t, unlimited(), mocktest.Strict())
	eachOperation(t, func(t *testing.T, op operation) {
		if op.method == "GET" {
			return
		}
		r := op.with("searchTrem", "x")
		if warning := m.do(t, r).is(t, op.status, op.code).header.Get("X-Mock-Warning"); !strings.Contains(warning, `"searchTrem"`) {
			t.Errorf("%q", warning)
		}
		strict.do(t, r).is(t, 400, "validation_failed").names(t, "searchTrem")
	})
}

func TestAnUnknownPropertyOfEveryBodyIsWarnedOfOrRefusedByStrict(t *testing.T) {
	t.Parallel()
	m, strict := start(t, unlimited()), start(t, unlimited(), mocktest.Strict())
	eachBody(t, func(t *testing.T, op operation, root *openapi3.Schema) {
		whole := (&filler{}).value("", root).(object)
		whole["unheard_of"] = "x"
		if warning := m.try(t, op, whole).is(t, op.status, "").header.Get("X-Mock-Warning"); !strings.Contains(warning, `"unheard_of"`) {
			t.Errorf("%q", warning)
		}
		strict.try(t, op, whole).is(t, 400, "validation_failed").names(t, "unheard_of")
	})
}
