package spec

import "strconv"

// Success returns the response when all is well: the first one with a 2xx status, else `default` if no 3xx is
// documented either. nil: there is none.
func (op *Operation) Success() *Response {
	if r := op.first(2); r != nil {
		return r
	}
	if op.first(3) != nil {
		return nil
	}
	return op.first(0)
}

// Answer returns the response that a request gets which is right: a success, else a redirection, else the first that
// there is. nil: the document has none.
func (op *Operation) Answer() *Response {
	if r := op.Success(); r != nil {
		return r
	}
	if r := op.first(3); r != nil {
		return r
	}
	if len(op.Responses) > 0 {
		return op.Responses[0]
	}
	return nil
}

// first is the first response of a class of statuses; 0: `default`.
func (op *Operation) first(class int) *Response {
	for _, r := range op.Responses {
		if r.Status/100 == class {
			return r
		}
	}
	return nil
}

// Code is the status to answer with: for a class its usual one, for `default` 200.
func (r *Response) Code() int {
	switch {
	case r.Status == 0:
		return 200
	case r.class && r.Status == 300:
		return 302
	default:
		return r.Status
	}
}

// Name is the response's name in the document: "200", "5XX", "default".
func (r *Response) Name() string {
	switch {
	case r.Status == 0:
		return "default"
	case r.class:
		return strconv.Itoa(r.Status/100) + "XX"
	default:
		return strconv.Itoa(r.Status)
	}
}

// JSON returns the application/json body of a response, nil if it has none.
func (r *Response) JSON() *Media {
	for _, m := range r.Bodies {
		if isJSON(m.Type) {
			return m
		}
	}
	return nil
}

// Response returns the response for a status: the one of exactly this status, else of its class, else the default
// response, else nil.
func (op *Operation) Response(status int) *Response {
	var class, fallback *Response
	for _, r := range op.Responses {
		switch {
		case r.Status == status && !r.class:
			return r
		case r.class && r.Status/100 == status/100:
			class = r
		case r.Status == 0:
			fallback = r
		}
	}
	if class != nil {
		return class
	}
	return fallback
}
