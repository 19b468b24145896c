package mocktest

import (
	"context"
	"io"
	"net/http"
	"net/url"

	"example.com/awalmock/mockserver/adminapi"
)

// Order is an order of a customer, with all that is kept of it. A phone without a contact becomes one.
func (w Workspace) Order(ctx context.Context, o adminapi.NewOrder) (map[string]any, error) {
	return ask[map[string]any](ctx, w.mock, w.call(http.MethodPost, "/orders"), o)
}

// Records writes all records of a collection, such as contacts, as JSON, one a line.
func (w Workspace) Records(ctx context.Context, collection string, to io.Writer) error {
	response, err := w.mock.send(ctx, w.call(http.MethodGet, "/collections/"+url.PathEscape(collection)))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.Copy(to, response.Body)
	return err
}

// PutRecords puts records, as JSON, one a line, in the place of all that a collection has. After an error nothing has changed.
func (w Workspace) PutRecords(ctx context.Context, collection string, from io.Reader) (adminapi.ReplacedRecords, error) {
	c := w.call(http.MethodPut, "/collections/"+url.PathEscape(collection))
	c.header, c.body = http.Header{"Content-Type": {"application/x-ndjson"}}, from
	return ask[adminapi.ReplacedRecords](ctx, w.mock, c, nil)
}
