package server_test

import (
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// bodySchema is the schema of an operation's JSON body or form; nil: it has none.
func (op operation) bodySchema() *openapi3.Schema {
	if op.RequestBody == nil {
		return nil
	}
	if media := op.RequestBody.Value.Content["application/json"]; media != nil {
		return media.Schema.Value
	}
	return op.form()
}

// write sends fields of a body as the operation takes them, and those that it requires.
func (m *mock) write(t *testing.T, op operation, fields object) *answer {
	t.Helper()
	whole := object{}
	for _, name := range op.bodySchema().Required {
		if whole[name] = "A"; name == "phone" {
			whole[name] = fmt.Sprint(966579000000 + formPhones.Add(1))
		}
	}
	maps.Copy(whole, fields)
	if op.form() == nil {
		return m.try(t, op, whole)
	}
	pairs := url.Values{}
	for name, value := range whole {
		pairs.Set(name, fmt.Sprint(value))
	}
	return m.form(t, op.method, op.target, pairs.Encode())
}

// another is a value of the same type.
func another(value any) any {
	switch value := value.(type) {
	case float64:
		return value + 9000
	case bool:
		return !value
	case []any:
		return []any{}
	}
	return "2001-02-03T04:05:06Z" // for texts, dates, and what is null
}

func TestAPropertyThatABodyDoesNotNameIsNotTaken(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	c, err := ownContract()
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, op := range c.operations() {
		list, _, isItem := strings.Cut(op.path, "/{")
		if path := c.doc.Paths.Find(list); op.bodySchema() == nil || path == nil || path.Extensions["x-collection"] == nil {
			continue
		}
		t.Run(op.id, func(t *testing.T) {
			item, _, _ := strings.Cut(op.target, "?")
			if !isItem {
				item = fmt.Sprintf("%s/%v", list, m.write(t, op, nil).data(t)["id"])
			}
			shown := m.get(t, item).is(t, 200, "").data(t)
			shown["phone_number_id"] = "123457" // orders keep it, and show it nowhere
			for _, name := range slices.Sorted(maps.Keys(shown)) {
				if op.bodySchema().Properties[name] != nil || name == "updated_at" {
					continue
				}
				given := another(shown[name])
				a := m.write(t, op, object{name: given})
				if a.status >= 300 || !strings.Contains(a.header.Get("X-Mock-Warning"), fmt.Sprintf("%q is no known", name)) {
					t.Errorf("%s: %d %s, warning %q", name, a.status, a.body, a.header.Get("X-Mock-Warning"))
					continue
				}
				if tried++; !isItem {
					item = fmt.Sprintf("%s/%v", list, a.data(t)["id"])
				}
				after := m.get(t, item).is(t, 200, "").data(t)
				if reflect.DeepEqual(after[name], given) || isItem && !reflect.DeepEqual(after[name], shown[name]) && name != "phone_number_id" {
					t.Errorf("%s is %v after a body that gives %v", name, after[name], given)
				}
			}
			if rows := m.rows(t, list+"?limit=100&phone_number_id=123456"); !strings.Contains(" "+column(rows, "id")+" ", " "+item[len(list)+1:]+" ") {
				t.Errorf("%s is in the list no more", item)
			}
		})
	}
	if tried < 30 {
		t.Errorf("only %d properties were tried", tried)
	}
}
