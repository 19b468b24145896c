package engine_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/spec"
)

// acme is another vendor than the project's.
func acme() engine.Vendor {
	return engine.Vendor{
		Headers:   engine.AuthHeaders{Signature: "X-Acme-Sign", Timestamp: "X-Acme-Time", Workspace: "X-Acme-Team", Client: "X-Acme-App-ID"},
		Challenge: `ACME realm="x"`,
		Limits:    engine.LimitHeaders{Limit: "Acme-Limit", Remaining: "Acme-Left", Reset: "Acme-Reset"},
		Rate:      spec.RateLimit{Limit: 7, Window: time.Minute},
	}
}

// oneLeft is a limiter that lets each request pass.
type oneLeft struct{}

func (oneLeft) Take(engine.Caller, *spec.Operation) (engine.Quota, bool) {
	return engine.Quota{Limit: 7, Remaining: 1, Reset: 42}, true
}
func (oneLeft) Limit(*spec.Operation) spec.RateLimit { return acme().Rate }

func TestTheNamesOfHeadersAreThoseOfTheVendor(t *testing.T) {
	t.Parallel()
	const signedDocument = `openapi: 3.0.3
info: {title: t, version: '1'}
security: [{sign: []}]
components: {securitySchemes: {sign: {type: apiKey, in: header, name: X-Acme-Sign}}}
paths:
  /things:
    get: {operationId: listThings, responses: {'200': {description: d, content: {application/json: {schema: {type: array, items: {type: integer}}}}}}}
`
	d, err := spec.Load("t.yaml", []byte(signedDocument))
	if err != nil {
		t.Fatal(err)
	}
	clients := func(domain string) (engine.Client, bool) {
		return engine.Client{Workspace: domain, ID: "c"}, domain == "team"
	}
	s := serve(t, func(o *engine.Options) {
		o.Document, o.Vendor, o.Limits, o.Guard = d, acme(), oneLeft{}, &engine.HeadersOnly{Clients: clients, MissingStatus: http.StatusUnauthorized}
	})
	ask := func(headers ...string) (*http.Response, string) {
		r, err := http.NewRequest(http.MethodGet, s.URL+"/things", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response, string(text)
	}
	response, body := ask("X-Acme-Sign", "x", "X-Acme-Time", "1")
	if response.StatusCode != 401 || response.Header.Get("WWW-Authenticate") != acme().Challenge ||
		!strings.Contains(body, `"X-Acme-Team":`) || !strings.Contains(body, `"X-Acme-App-ID":`) || strings.Contains(body, `"X-Acme-Time":`) {
		t.Errorf("%d %v %s", response.StatusCode, response.Header, body)
	}
	response, body = ask("X-Acme-Sign", "x", "X-Acme-Time", "1", "X-Acme-Team", "team", "X-Acme-App-ID", "c")
	if response.StatusCode != 200 || response.Header.Get("Acme-Limit") != "7" || response.Header.Get("Acme-Left") != "1" || response.Header.Get("Acme-Reset") != "42" {
		t.Errorf("%d %v %s", response.StatusCode, response.Header, body)
	}
}
