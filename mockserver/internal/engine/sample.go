package engine

import "net/http"

// SampleError is an error body as the engine writes it, to be held against a document.
func SampleError() []byte {
	e := &Error{Status: http.StatusBadRequest, Code: "validation_failed", Message: "The request is not valid.", Details: []Detail{{"field", "is required"}}}
	return e.envelope("req_abcdefgh2345")
}
