package server

import (
	"crypto/subtle"
	"fmt"
	"strings"

	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/seed"
	"example.com/awalmock/mockserver/internal/spec"
)

// secured refuses a document that asks for what the mock cannot check, and fixtures with credentials that the document cannot
// use.
func (s *service) secured(set *seed.Set) error {
	for _, op := range s.document.Operations {
		for _, together := range op.Security {
			for _, scheme := range together {
				if why := s.uncheckable(scheme); why != "" {
					return fmt.Errorf("%s:%d: the security scheme %s, which the operation %s asks for, %s", s.document.Name, max(1, s.document.Line(scheme.Pointer)), scheme.Name, op.ID, why)
				}
			}
		}
	}
	for _, f := range set.Workspaces {
		for _, c := range f.Credentials {
			scheme, why := s.document.SecurityScheme(c.Scheme), ""
			if scheme == nil {
				why = fmt.Sprintf("there is no security scheme %s under components.securitySchemes of %s", c.Scheme, s.document.Name)
			} else {
				why = s.options.vendor.Headers.ValidCredential(scheme, c.Value)
			}
			if why != "" {
				return &seed.Error{File: f.File, Line: c.Line, Path: c.Path, Reason: why}
			}
		}
	}
	return nil
}

// uncheckable says why the mock cannot check a security scheme, and what to do; "" if it can, or need not.
func (s *service) uncheckable(scheme *spec.SecurityScheme) string {
	const instead = "describe it as {type: http, scheme: bearer}, {type: http, scheme: basic} or {type: apiKey}"
	switch {
	case s.options.Auth == "off", scheme.Type == "apiKey", scheme.Scheme == "bearer", scheme.Scheme == "basic":
		return ""
	case scheme.Type == "http":
		return fmt.Sprintf("is of the HTTP scheme %s, which the mock cannot check; %s, or start with --auth=off", scheme.Scheme, instead)
	case s.options.AllowMissing: // oauth2, openIdConnect: its tokens are sent as bearer tokens
		return ""
	}
	return fmt.Sprintf("is of the type %s, which the mock cannot check; %s, start with --allow-missing to take its tokens as bearer tokens, or with --auth=off", scheme.Type, instead)
}

// credential implements engine.Credentials. The names of workspace and client are credentials that each fixture gives.
func (ts *workspaces) credential(scheme *spec.SecurityScheme, value string) (c engine.Client, found, given bool) {
	headers := &ts.options.vendor.Headers
	key := ""
	if headers.Has(scheme) {
		key = scheme.Key
	}
	for _, t := range ts.all() {
		values := t.credentials[scheme.Name]
		switch {
		case strings.EqualFold(key, headers.Workspace):
			values = []string{t.Domain}
		case strings.EqualFold(key, headers.Client):
			values = []string{t.Client}
		}
		for _, v := range values {
			given = true
			if subtle.ConstantTimeCompare([]byte(v), []byte(value)) == 1 {
				c, found = ts.client(t.Domain)
			}
		}
	}
	byName, byClient := strings.EqualFold(key, headers.Workspace), strings.EqualFold(key, headers.Client)
	if domain, idle := ts.isClientOfIdle(value, byClient); idle && (byName || byClient) {
		c, found = ts.client(domain)
	}
	return c, found, given
}
