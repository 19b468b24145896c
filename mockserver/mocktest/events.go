package mocktest

import (
	"io"
	"net/http"
	"net/url"
)

// Events writes a workspace ("": the default one) as its list of events: put into another mock of the same seed, fixtures and
// kind of clock, they make the same workspace.
func (m *Mock) Events(workspace string, to io.Writer) error {
	path := "/events"
	if workspace != "" {
		path += "?workspace=" + url.QueryEscape(workspace)
	}
	response, err := m.controlRequest(http.MethodGet, path, "", nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.Copy(to, response.Body)
	return err
}

// PutEvents makes a workspace what a list of events says; the list names it. After an error nothing has changed.
func (m *Mock) PutEvents(from io.Reader) error {
	response, err := m.controlRequest(http.MethodPut, "/events", "application/x-ndjson", from)
	if err != nil {
		return err
	}
	return response.Body.Close()
}
