package server_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

func TestFixturesHaveTemplates1To5(t *testing.T) {
	t.Parallel()
	m := start(t)
	for i, row := range m.rows(t, "/templates") {
		if row["id"] != float64(i+1) {
			t.Errorf("%v is at %d", row["id"], i)
		}
		one := m.get(t, fmt.Sprintf("/templates/%d", i+1)).is(t, 200, "")
		if fmt.Sprint(one.value["data"]) != fmt.Sprint(row) {
			t.Errorf("by its id it is %v, in the list %v", one.value["data"], row)
		}
		m.sendForm(t, "template", field("phone", "96650000000"), field("template_id", fmt.Sprint(i+1)), field("header_type", "TEXT")).is(t, 200, "")
	}
	if n := len(m.rows(t, "/templates")); n != 5 {
		t.Errorf("%d templates", n)
	}
}

func TestAnUnknownTemplateIs404(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	m.changesNothing(t, func() {
		for _, id := range []string{"6", "0", "-1", "9223372036854775807"} {
			m.sendForm(t, "template", field("phone", "966555008001"), field("template_id", id), field("header_type", "TEXT")).is(t, 404, "resource_not_found")
			m.get(t, "/templates/"+id).is(t, 404, "resource_not_found")
		}
	})
	for _, id := range []string{"abc", "1.5", "01", "+1", "9223372036854775808"} {
		m.sendForm(t, "template", field("phone", "966555008001"), field("template_id", id), field("header_type", "TEXT")).is(t, 400, "validation_failed").names(t, "template_id")
		m.get(t, "/templates/"+id).is(t, 400, "validation_failed").names(t, "id")
	}
}

func TestParametersOfATemplateAreAJSONArrayOfTheDocumentedForm(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	send := func(name, value string) *answer {
		return m.sendForm(t, "template", field("phone", "966555008002"), field("template_id", "1"), field("header_type", "TEXT"), field(name, value))
	}
	for name, cases := range map[string]map[bool][]string{
		"body_params": {
			true:  {`[]`, `["Sara"]`, `["سارة","👋"]`, `[{"name":"a","value":""}]`, ` [ "x" ] `},
			false: {`{"a":1}`, `nonsense`, `"Sara"`, `null`, `[1]`, `[null]`, `[["x"]]`, `[{"name":"a"}]`, `[{"value":"a"}]`, `[{"name":"","value":"x"}]`, `[{"name":1,"value":"x"}]`, `["x"] ["y"]`, `[{"name":"a","name":"b","value":"x"}]`, `["x",`},
		},
		"button_params": {
			true:  {`[]`, `[{"index":0,"name":"offer_id","value":"12345"}]`},
			false: {`nonsense`, `{}`, `["x"]`, `[{"index":0}]`, `[{"index":-1,"name":"a","value":"x"}]`, `[{"index":"0","name":"a","value":"x"}]`, `[{"index":0.5,"name":"a","value":"x"}]`, `[{"index":0,"name":"","value":"x"}]`, `[{"index":0,"name":"a","value":1}]`},
		},
	} {
		for _, value := range cases[true] {
			send(name, value).is(t, 200, "")
		}
		m.changesNothing(t, func() {
			for _, value := range cases[false] {
				send(name, value).is(t, 400, "validation_failed").names(t, name)
			}
		})
	}
}

func TestTemplatesArePagedAndFoundByName(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, c := range []struct {
		query                               string
		rows, page, perPage, total, lastOne int
	}{
		{"", 5, 1, 100, 5, 1},
		{"?limit=2", 2, 1, 2, 5, 3},
		{"?page=3&limit=2", 1, 3, 2, 5, 3},
		{"?page=4&limit=2", 0, 4, 2, 5, 3},
		{"?page=9223372036854775807&limit=9223372036854775807", 0, math.MaxInt64, math.MaxInt64, 5, 1},
		{"?searchTerm=WELCOME", 1, 1, 100, 1, 1},
		{"?searchTerm=_", 5, 1, 100, 5, 1},
		{"?searchTerm=%25", 0, 1, 100, 0, 1},
		{"?searchTerm=", 5, 1, 100, 5, 1},
	} {
		a := m.get(t, "/templates"+c.query).is(t, 200, "")
		want := fmt.Sprint(object{"current_page": float64(c.page), "per_page": float64(c.perPage), "total": float64(c.total), "last_page": float64(c.lastOne)})
		if n := len(a.rows()); n != c.rows || fmt.Sprint(a.value["meta"]) != want {
			t.Errorf("%s: %d rows, %v, want %d, %s", c.query, n, a.value["meta"], c.rows, want)
		}
	}
	for _, query := range []string{"page=0", "page=-1", "page=x", "page=", "page=1.5", "limit=0", "limit=-2", "limit=all"} {
		name, _, _ := strings.Cut(query, "=")
		m.get(t, "/templates?"+query).is(t, 400, "validation_failed").names(t, name)
	}
}

func TestTheNumbersOfTheWorkspaceAreListedWithTheirTemplates(t *testing.T) {
	t.Parallel()
	m := start(t)
	rows := m.rows(t, "/waba-numbers")
	if len(rows) != 2 || rows[0]["phone_number_id"] != "123456" || rows[1]["phone_number_id"] != "123457" || rows[0]["message_template_count"] != 5.0 {
		t.Errorf("%v", rows)
	}
	if other := m.do(t, m.signedBy(1, "/waba-numbers")).is(t, 200, "").rows(); len(other) != 1 || other[0]["phone_number_id"] != "654321" {
		t.Errorf("%v", other)
	}
}
