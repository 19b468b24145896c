package document

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// addSecurity notes how the document wants a caller of the operation to be known. A document that says nothing at all is read as one whose every
// operation is signed, since that is what this suite can do.
func (op *Operation) addSecurity(doc *openapi3.T, in *openapi3.Operation) {
	alternatives := doc.Security
	if in.Security != nil {
		alternatives = *in.Security
	} else if doc.Security == nil {
		return
	}
	op.Public = len(alternatives) == 0
	var others []string
	for _, schemes := range alternatives {
		if len(schemes) == 0 {
			op.Public = true
		}
		for _, name := range slices.Sorted(maps.Keys(schemes)) {
			if isSignature(doc, name) {
				op.Public, op.otherSecurity = false, ""
				return
			}
			if !slices.Contains(others, name) {
				others = append(others, name)
			}
		}
	}
	if !op.Public {
		op.otherSecurity = strings.Join(others, ", ")
	}
}

const signatureHeader = "X-Awal-Signature-256"

// isSignature reports whether a security scheme of the document is the header of the signature.
func isSignature(doc *openapi3.T, name string) bool {
	if doc.Components == nil || doc.Components.SecuritySchemes[name] == nil {
		return false
	}
	scheme := doc.Components.SecuritySchemes[name].Value
	return scheme != nil && scheme.In == "header" && strings.EqualFold(scheme.Name, signatureHeader)
}

// Asked reports whether the suite asks the operation at all.
func (op *Operation) Asked() bool { return op.WhyNotAsked() == "" }

// WhyNotAsked says why the suite never asks an operation.
func (op *Operation) WhyNotAsked() string {
	switch {
	case op.otherSecurity != "":
		return "its security is " + op.otherSecurity + ", not the signature"
	case op.Method != http.MethodGet && op.Capability == "":
		return "it changes something, and no capability allows it"
	case op.Method != http.MethodGet && op.Method != http.MethodDelete && len(op.Bodies) == 0:
		return "it has no body that the suite could make"
	}
	return ""
}

// Changes reports whether the operation does more than read.
func (op *Operation) Changes() bool { return op.Method != http.MethodGet }
