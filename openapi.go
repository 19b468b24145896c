// Package awalmock is the contract of the Awal Conversations API: the OpenAPI document that the mock server answers from and the contract
// suite checks against. It must never know how the document is parsed, served or checked.
package awalmock

import _ "embed" // for the go:embed directive below

//go:embed openapi.yaml
var openAPI string

// OpenAPI returns the document, an OpenAPI 3.0.3 description in YAML. It never fails and always returns the same text.
func OpenAPI() string {
	return openAPI
}
