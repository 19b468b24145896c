package spec

import "strconv"

// A Request is a request that keeps the contract.
type Request struct {
	Operation *Operation
	// Unknown are the query parameters and JSON properties that the document does not have.
	Unknown []Unknown

	values  []string // by Parameter.index, decoded
	present uint64   // which of them are there
	body    any
	form    *Form
	inline  [8]string // values of an operation with up to 8 parameters, without another allocation
}

func (r *Request) set(i int, text string) {
	r.values[i] = text
	r.present |= 1 << i
}

func (r *Request) unset(i int) {
	r.values[i] = ""
	r.present &^= 1 << i
}

func (r *Request) has(i int) bool { return r.present&(1<<i) != 0 }

func (r *Request) get(in, name string) (string, bool) {
	for i, p := range r.Operation.Parameters {
		if p.In == in && p.Name == name {
			return r.values[i], r.has(i)
		}
	}
	return "", false
}

// Path returns the unescaped text of a path parameter, "" if the operation has none of this name.
func (r *Request) Path(name string) string {
	text, _ := r.get("path", name)
	return text
}

// Text returns the text of a parameter of this name in any place; "" when it is absent.
func (r *Request) Text(name string) string {
	for i, p := range r.Operation.Parameters {
		if p.Name == name && r.has(i) {
			return r.values[i]
		}
	}
	return ""
}

// PathInt returns the value of a path parameter whose schema is an integer; 0 for any other.
func (r *Request) PathInt(name string) int64 {
	n, _ := parseInt(r.Path(name))
	return n
}

// Query returns the decoded value of a query parameter, the first one of a list. It is false when the parameter
// is absent, or empty where the document says that it may be (allowEmptyValue).
func (r *Request) Query(name string) (string, bool) { return r.get("query", name) }

// QueryInt returns the value of a query parameter whose schema is an integer.
func (r *Request) QueryInt(name string) (int64, bool) {
	text, ok := r.Query(name)
	if !ok {
		return 0, false
	}
	return parseInt(text)
}

// Body returns the decoded body: map[string]any, []any, string, json.Number, bool or nil. Numbers whose schema is an
// integer are written as such (10, not 1e1). A form is a map of its fields, converted as their schemas say.
func (r *Request) Body() any { return r.body }

// Form returns the multipart form, nil for any other body.
func (r *Request) Form() *Form { return r.form }

func parseInt(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}

func itoa(i int) string { return strconv.Itoa(i) }

// Has reports whether a parameter of the operation is there: not absent, and not empty where that counts as absent.
func (r *Request) Has(p *Parameter) bool { return r.has(p.index) }
