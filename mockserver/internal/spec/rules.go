package spec

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// rules are what a schema states in extensions, since OpenAPI has no keyword for it: x-unique, x-file-rules and
// x-content-schema. They are compiled when the document is loaded (compile_rules.go) and checked in requests that keep the
// document otherwise.
type rules struct {
	unique  []uniqueRule
	files   *fileRules
	content *contentRule
	inside  bool // the schema, or a part of it at any depth, states a rule
}

func (r *rules) any() bool { return len(r.unique) > 0 || r.files != nil || r.content != nil }

// A uniqueRule is x-unique: no two elements of an array have the same value at a path.
type uniqueRule struct {
	path    []string // "rows.id" is rows, id
	pointer string
}

// A contentRule is x-content-schema: a text holds JSON that fits a schema.
type contentRule struct {
	schema  *Schema
	text    string // what the content must be: "must be a JSON array of texts"
	pointer string
}

// A ruleCheck gathers what in one value of a request breaks a rule.
type ruleCheck struct {
	in      string    // the place of the value in the request
	root    string    // the field of the value itself: "body", or a parameter's name
	form    *Form     // the form that the value was read from, nil for any other
	unknown []Unknown // the properties that the document does not have: no rule is about them
	list    []Violation
}

// rules checks the rules of a request that keeps the document otherwise: those of its parameters, and those of its body.
func (c *checker) rules(m *Media) {
	for _, p := range c.op.Parameters {
		if p.Schema.rules.inside && c.r.has(p.index) {
			check := ruleCheck{in: p.In, root: p.Name}
			check.value(p.Schema, c.r.values[p.index], p.Name)
			c.add(check.list...)
		}
	}
	if m != nil && m.Schema.rules.inside {
		check := ruleCheck{in: "body", root: "body", form: c.r.form, unknown: c.r.Unknown}
		check.value(m.Schema, c.r.body, "")
		c.add(check.list...)
	}
}

// add adds a violation at a path; the path "" is the value as a whole.
func (r *ruleCheck) add(path, rule, text, pointer string) {
	v := Violation{Field: path, In: r.in, Rule: rule, Text: text, Pointer: pointer}
	if path == "" {
		v.Field, v.Whole = r.root, r.in == "body"
	}
	r.list = addViolation(r.list, v)
}

// value checks a value, which fits the schema, at a path.
func (r *ruleCheck) value(s *Schema, v any, path string) {
	if !s.rules.inside || len(r.list) >= maxViolations {
		return
	}
	switch v := v.(type) {
	case string:
		r.content(s.rules.content, v, path)
	case []any:
		for _, rule := range s.rules.unique {
			r.unique(rule, v, path)
		}
		if s.Items != nil && s.Items.rules.inside {
			for i, item := range v {
				r.value(s.Items, item, indexPath(path, i))
			}
		}
	case map[string]any:
		r.object(s, v, path)
	}
	for _, part := range s.AllOf {
		r.value(part, v, path)
	}
	for _, part := range slices.Concat(s.OneOf, s.AnyOf) {
		if part.rules.inside && (part.accept(&visit{}, v) || part.visitKin(v, false) == nil) {
			r.value(part, v, path)
		}
	}
}

func (r *ruleCheck) object(s *Schema, v map[string]any, path string) {
	for _, p := range s.plan.properties {
		for _, rules := range p.Schema.fileRules() {
			r.file(rules, p.Name, v, path)
		}
		if member, found := v[p.Name]; found {
			r.value(p.Schema, member, memberPath(path, p.Name))
		}
	}
	if s.Additional == nil || !s.Additional.rules.inside {
		return
	}
	for name, member := range v {
		if _, named := s.plan.index[name]; !named {
			r.value(s.Additional, member, memberPath(path, name))
		}
	}
}

// unique finds values that are in a list twice.
func (r *ruleCheck) unique(rule uniqueRule, list []any, path string) {
	seen := map[string]bool{}
	var walk func(value any, steps []string, path string)
	walk = func(value any, steps []string, path string) {
		if elements, ok := value.([]any); ok {
			for i, element := range elements {
				walk(element, steps, indexPath(path, i))
			}
			return
		}
		if object, ok := value.(map[string]any); ok && len(steps) > 0 {
			walk(object[steps[0]], steps[1:], memberPath(path, steps[0]))
			return
		}
		if value == nil || len(steps) > 0 {
			return // nothing is there, so it is no twin
		}
		key := comparable(value)
		if seen[key] {
			r.add(path, "x-unique", "must be unique", rule.pointer)
		}
		seen[key] = true
	}
	walk(list, rule.path, path)
}

// comparable is a text that two JSON values share if and only if they are equal: 1 and 1.0 are, 1 and "1" are not.
func comparable(value any) string {
	b, _ := json.Marshal(exactNumbers(value)) // decoded JSON always encodes, and its members are sorted
	return string(b)
}

// exactNumbers copies a value, each number written in one way. An integer keeps all its digits.
func exactNumbers(value any) any {
	return withNumbers(value, func(n json.Number) any {
		if isDecimal(string(n)) && n != "-0" {
			return n
		}
		f, err := strconv.ParseFloat(string(n), 64)
		switch {
		case err != nil:
			return n
		case f == math.Trunc(f) && math.Abs(f) < 1<<53:
			return json.Number(strconv.FormatInt(int64(f), 10))
		}
		return json.Number(strconv.FormatFloat(f, 'g', -1, 64))
	})
}

// content checks the JSON in a text. An empty text counts as none (I).
func (r *ruleCheck) content(rule *contentRule, text, path string) {
	if rule == nil || text == "" {
		return
	}
	d := decode([]byte(text))
	broken := d.violations
	if len(broken) == 0 {
		broken = rule.schema.violations(d.value, place{in: r.in, root: "body"})
	}
	if len(broken) == 0 {
		inner := ruleCheck{in: r.in, root: "body"}
		inner.value(rule.schema, d.value, "")
		broken = inner.list
	}
	if len(broken) == 0 {
		return
	}
	first := broken[0]
	if first.Whole || first.Field == "body" {
		first.Field = "it"
	}
	r.add(path, "x-content-schema", fmt.Sprintf("%s: %s %s", rule.text, first.Field, first.Text), rule.pointer)
}

// contentText says what a schema wants of a JSON text.
func contentText(s *Schema) string {
	switch s.Type {
	case "array":
		if s.Items == nil {
			return "must be a JSON array"
		}
		return "must be a JSON array of " + plural(s.Items, 0)
	case "object":
		return "must be a JSON object" + withNames(s)
	case "string", "integer", "number", "boolean":
		return "must be JSON, of the type " + s.Type
	}
	return "must be JSON"
}

// plural names the values that a schema accepts: `texts, or of objects with "name" and "value"`.
func plural(s *Schema, depth int) string {
	alternatives := slices.Concat(s.OneOf, s.AnyOf)
	switch {
	case s.Type == "string":
		return "texts"
	case s.Type == "integer", s.Type == "number":
		return "numbers"
	case s.Type == "boolean":
		return "booleans"
	case s.Type == "array":
		return "arrays"
	case s.Type == "object":
		return "objects" + withNames(s)
	case len(alternatives) == 0 || len(alternatives) > 5 || depth > 0:
		return "values"
	}
	names := make([]string, len(alternatives))
	for i, part := range alternatives {
		names[i] = plural(part, depth+1)
	}
	return strings.Join(slices.Compact(names), ", or of ")
}

// withNames names the members that an object must have.
func withNames(s *Schema) string {
	var names []string
	for _, p := range s.Properties {
		if p.Required {
			names = append(names, strconv.Quote(p.Name))
		}
	}
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return " with " + names[0]
	default:
		return " with " + strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}

func memberPath(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func indexPath(path string, i int) string { return path + "[" + itoa(i) + "]" }
