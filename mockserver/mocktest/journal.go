package mocktest

import (
	"context"
	"net/http"
	"net/url"

	"example.com/awalmock/mockserver/adminapi"
)

// A Request is what the mock was asked and what it answered. Credentials in headers are masked.
type Request = adminapi.Exchange

// A Violation is a rule of the OpenAPI document that a request broke.
type Violation = adminapi.Violation

// A Journal is what the mock keeps of the requests of all workspaces, or of one.
type Journal struct {
	mock  *Mock
	query url.Values
}

// Journal is what was asked of all workspaces.
func (m *Mock) Journal() Journal { return Journal{mock: m} }

// Journal is what was asked of this workspace.
func (w Workspace) Journal() Journal {
	domain := w.domain
	if domain == "" {
		domain = w.mock.Workspaces()[0].Domain
	}
	return Journal{w.mock, url.Values{"workspace": {domain}}}
}

// Requests are the exchanges that the journal still has, oldest first.
func (j Journal) Requests(ctx context.Context) ([]Request, error) {
	answer, err := ask[adminapi.ExchangeList](ctx, j.mock, call{method: http.MethodGet, path: "/requests", query: j.query}, nil)
	return answer.Data, err
}

// Request is the exchange with an X-Request-Id; ErrNotFound when the journal has none, or no longer.
func (j Journal) Request(ctx context.Context, id string) (Request, error) {
	return ask[Request](ctx, j.mock, call{method: http.MethodGet, path: "/requests/" + url.PathEscape(id), query: j.query}, nil)
}

// Clear empties the journal.
func (j Journal) Clear(ctx context.Context) error {
	return j.mock.perform(ctx, call{method: http.MethodDelete, path: "/requests", query: j.query})
}

// Stream is each exchange from now on as it happens; or from the one after a sequence on, as far as they are still there:
// after "0" is all of them.
func (j Journal) Stream(ctx context.Context, after string) (*Stream[Request], error) {
	return openStream(ctx, j.mock, call{method: http.MethodGet, path: "/requests/stream", query: j.query}, after, func(_ string, r Request) Request { return r })
}
