package mocktest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"

	"example.com/awalmock"
)

const prefix = "/__admin"

// A call is a request of the control API.
type call struct {
	method, path string
	query        url.Values
	header       http.Header
	body         io.Reader
}

// ask sends a request with a JSON body (nil: none), and reads the JSON that answers it.
func ask[T any](ctx context.Context, m *Mock, c call, body any) (answer T, err error) {
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return answer, err
		}
		c.body, c.header = bytes.NewReader(text), http.Header{"Content-Type": {"application/json"}}
	}
	response, err := m.send(ctx, c)
	if err != nil {
		return answer, err
	}
	defer response.Body.Close()
	return answer, json.NewDecoder(response.Body).Decode(&answer)
}

// perform sends a request whose answer has no body.
func (m *Mock) perform(ctx context.Context, c call) error {
	response, err := m.send(ctx, c)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// send sends a request. A refusal is a *ControlError.
func (m *Mock) send(ctx context.Context, c call) (*http.Response, error) {
	target := m.Origin + prefix + c.path
	if len(c.query) > 0 {
		target += "?" + c.query.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, c.method, target, c.body)
	if err != nil {
		return nil, err
	}
	if c.header != nil {
		r.Header = c.header
	}
	r.Header.Set("User-Agent", "awalmock-mocktest/"+awalmock.ReadBuild().Version)
	if m.options.ControlToken != "" {
		r.Header.Set("Authorization", "Bearer "+m.options.ControlToken)
	}
	response, err := m.transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= http.StatusBadRequest {
		defer response.Body.Close()
		return nil, newControlError(c.method+" "+c.path, response)
	}
	return response, nil
}
