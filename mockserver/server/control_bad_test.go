package server_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// eachControlSpot tries something at every place of the body of every operation of control.yaml, as eachSpot does for the API.
func eachControlSpot(t *testing.T, test func(t *testing.T, m *mock, method, path string, root *openapi3.Schema, s spot)) {
	t.Helper()
	m := start(t, unlimited())
	doc, err := openapi3.NewLoader().LoadFromData(m.admin(t, 200, "GET", "/openapi.yaml", "").body)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, template := range doc.Paths.InMatchingOrder() {
		path := strings.NewReplacer("{id}", "1", "{domain}", "other-workspace").Replace(template)
		for method, op := range doc.Paths.Find(template).Operations() {
			if op.RequestBody == nil || op.RequestBody.Value.Content["application/json"] == nil {
				continue // a file of events has tests of its own
			}
			found++
			root := op.RequestBody.Value.Content["application/json"].Schema.Value
			t.Run(op.OperationID, func(t *testing.T) {
				t.Parallel()
				for _, s := range spots(root) {
					if step, named := s.path[0].(string); named && root.MaxProps != nil && (&filler{}).value("", root).(object)[step] == nil {
						continue // one property at a time: the first is enough
					}
					test(t, m, method, path, root, s)
				}
			})
		}
	}
	if found < 8 {
		t.Fatalf("%d operations take a body", found)
	}
}

// refused checks that the control API refuses a body and names a field, and this one alone.
func (m *mock) refused(t *testing.T, method, path, field string, body any) {
	t.Helper()
	a := m.admin(t, 400, method, path, asJSON(t, body)).is(t, 400, "validation_failed")
	if a.detail(field) == "" || len(details(a.value)) != 1 {
		t.Errorf("%s %s %s: details are %v, want %s alone", method, path, asJSON(t, body), a.value["details"], field)
	}
}

func TestAControlBodyWithAValueOfAnotherTypeIs400ThatNamesItsField(t *testing.T) {
	t.Parallel()
	eachControlSpot(t, func(t *testing.T, m *mock, method, path string, root *openapi3.Schema, s spot) {
		for _, value := range others(s.schema) {
			m.refused(t, method, path, s.field(), s.body(root, value))
		}
	})
}

func TestAControlBodyWithAPropertyTwiceIs400UnderItsPath(t *testing.T) {
	t.Parallel()
	eachControlSpot(t, func(t *testing.T, m *mock, method, path string, root *openapi3.Schema, s spot) {
		if _, element := s.path[len(s.path)-1].(int); !element {
			m.refused(t, method, path, s.field(), s.twice(t, root))
		}
	})
}

func TestAControlBodyWithoutARequiredPropertyIs400(t *testing.T) {
	t.Parallel()
	eachControlSpot(t, func(t *testing.T, m *mock, method, path string, root *openapi3.Schema, s spot) {
		if _, element := s.path[len(s.path)-1].(int); s.required && !element {
			m.refused(t, method, path, s.field(), s.without(root))
		}
	})
}

func TestAControlBodyWithAnUnknownPropertyIs400ThatNamesTheNearest(t *testing.T) {
	t.Parallel()
	eachControlSpot(t, func(t *testing.T, m *mock, method, path string, root *openapi3.Schema, s spot) {
		name, named := s.path[len(s.path)-1].(string)
		if !named || root.MaxProps != nil {
			return
		}
		body := replace((&filler{}).value("", root), s.path, func(parent any) any {
			parent.(object)[name+"x"] = parent.(object)[name]
			return parent
		})
		m.refused(t, method, path, s.field()+"x", body)
	})
}

func TestALimitOfAControlBodyIsEnforcedOneBeyond(t *testing.T) {
	t.Parallel()
	eachControlSpot(t, func(t *testing.T, m *mock, method, path string, root *openapi3.Schema, s spot) {
		switch {
		case s.schema.MaxLength != nil:
			m.refused(t, method, path, s.field(), s.body(root, strings.Repeat("ش", int(*s.schema.MaxLength)+1)))
		case s.schema.Max != nil:
			m.refused(t, method, path, s.field(), s.body(root, *s.schema.Max+1))
			m.refused(t, method, path, s.field(), s.body(root, *s.schema.Min-1))
		case s.schema.MaxItems != nil:
			many := slices.Repeat([]any{(&filler{}).value("", s.schema.Items.Value)}, int(*s.schema.MaxItems)+1)
			m.refused(t, method, path, s.field(), s.body(root, many))
		case len(s.schema.Enum) > 0 && s.schema.Type.Is("string"):
			m.refused(t, method, path, s.field(), s.body(root, "hologram"))
		}
		if s.schema.MinLength > 0 {
			m.refused(t, method, path, s.field(), s.body(root, ""))
		}
	})
}

func TestAnEmptyChangeIs400(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, c := range [][2]string{{"PATCH", "/conversations/1"}, {"PATCH", "/messages/1"}, {"POST", "/clock"}, {"PUT", "/faults"}, {"POST", "/workspaces"}} {
		for _, body := range []string{`{}`, `null`, `[]`, `"x"`} {
			a := m.admin(t, 400, c[0], c[1], body)
			if fmt.Sprint(details(a.value)) == "map[]" {
				t.Errorf("%v %s: %s", c, body, a.body)
			}
		}
	}
}
