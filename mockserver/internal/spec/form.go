package spec

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// A Form is a multipart/form-data body, already taken apart: its fields and files in the order sent.
type Form struct {
	Fields []FormField
	Files  []FormFile
}

// A FormField is a part without a file name.
type FormField struct {
	Name, Value string
}

// A FormFile is a part with a file name.
type FormFile struct {
	Name, FileName, ContentType string
	Size                        int64    // in bytes
	Head                        []byte   // the first filetype.HeadBytes bytes at most
	Inside                      []string // names of what is in a container (a zip, an OLE file); nil: none, or its directory cannot be read
}

// isFile reports whether a property is sent as a file.
func (s *Schema) isFile() bool { return s.Type == "string" && s.Format == "binary" }

// form checks a form: each part is one property of the schema. Fields are read as their schemas say, a list from one
// field with a JSON array or from a field for each item. A file counts as there: x-file-rules say what it must be.
func (c *checker) form(m *Media, form *Form) {
	object := map[string]any{}
	twice := func(name string) bool {
		if _, known := object[name]; known {
			c.add(Violation{Field: name, In: "body", Rule: "duplicate", Text: "must be given only once", Pointer: m.Pointer})
			return true
		}
		return false
	}
	for _, field := range c.encoded(m, form.Fields, object) {
		s := m.Schema.Property(field.Name)
		switch {
		case s != nil && s.Type == "array" && strings.HasPrefix(strings.TrimSpace(field.Value), "[") && !twice(field.Name):
			object[field.Name] = c.formValue(field.Name, field.Value, s) // a whole list as JSON
		case s != nil && s.Type == "array" && s.Items != nil && !s.Items.isFile():
			list, _ := object[field.Name].([]any)
			object[field.Name] = append(list, c.formValue(field.Name+"["+itoa(len(list))+"]", field.Value, s.Items))
		case s != nil && s.isFile() && field.Value == "": // what a browser sends when no file was chosen
		case twice(field.Name):
		case s != nil && s.isFile():
			object[field.Name] = ""
			c.add(Violation{Field: field.Name, In: "body", Rule: "type", Text: "must be a file", Pointer: s.Pointer})
		default:
			object[field.Name] = c.formValue(field.Name, field.Value, s)
		}
	}
	for _, file := range form.Files {
		s := m.Schema.Property(file.Name)
		switch {
		case s != nil && s.Type == "array" && s.Items != nil && s.Items.isFile():
			list, _ := object[file.Name].([]any)
			object[file.Name] = append(list, file.FileName)
		case twice(file.Name):
		case s != nil && !s.isFile():
			object[file.Name] = file.FileName
			c.add(Violation{Field: file.Name, In: "body", Rule: "type", Text: "must be a field, not a file", Pointer: s.Pointer})
		default:
			object[file.Name] = file.FileName
		}
	}
	c.object(m, object)
}

// object checks the values of a form against its schema.
func (c *checker) object(m *Media, object map[string]any) {
	v := visit{}
	if !m.Schema.accept(&v, object) {
		v.extra = true
		c.add(m.Schema.violations(object, place{in: "body", root: "body"})...)
	}
	if v.extra {
		c.r.Unknown = m.Schema.unknown(c.r.Unknown, object, "")
	}
	if len(c.violations) > 0 {
		return
	}
	c.r.body = m.Schema.canonical(object)
}

// formValue reads a field as its schema says: numbers and booleans strictly, objects and lists as JSON. A field that
// cannot be read is a violation.
func (c *checker) formValue(name, text string, s *Schema) any {
	if !utf8.ValidString(text) {
		c.add(Violation{Field: name, In: "body", Rule: "encoding", Text: errUTF8.Error()})
		return text
	}
	if s == nil {
		return text
	}
	bad := func() any {
		c.add(Violation{Field: name, In: "body", Rule: "type", Text: typeText([]string{s.Type}), Pointer: s.Pointer})
		return text
	}
	switch s.Type {
	case "integer":
		if !isCanonicalInteger(text) {
			return bad()
		}
		return json.Number(text)
	case "number":
		if !isJSONNumber(text) {
			return bad()
		}
		return json.Number(text)
	case "boolean":
		switch text {
		case "true", "1":
			return true
		case "false", "0":
			return false
		}
		return bad()
	case "object", "array":
		return c.jsonField(name, text, s)
	}
	return text
}

// jsonField reads a field that is JSON.
func (c *checker) jsonField(name, text string, s *Schema) any {
	d := decode([]byte(text))
	for _, v := range d.violations {
		if v.Whole {
			v.Field, v.Whole = name, false
		} else {
			v.Field = name + "." + strings.TrimPrefix(v.Field, ".")
		}
		v.Pointer = s.Pointer
		c.add(v)
	}
	if d.broken {
		return text
	}
	return d.value
}

// urlencoded reads an application/x-www-form-urlencoded body as a form.
func (c *checker) urlencoded(in *Input, m *Media) {
	var form Form
	for rest := string(in.Body); ; {
		p, after, ok := nextPair(rest)
		if !ok {
			break
		}
		rest = after
		switch {
		case p.nameErr != nil:
			c.add(c.bodyViolation("encoding", "has a name that "+p.nameErr.Error()))
		case p.valueErr != nil:
			c.add(Violation{Field: p.name, In: "body", Rule: "encoding", Text: p.valueErr.Error(), Pointer: m.Pointer})
		default:
			form.Fields = append(form.Fields, FormField{Name: p.name, Value: p.value})
		}
	}
	c.form(m, &form)
}
