package control

import (
	"mime"
	"net/http"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/eventlog"
	"example.com/awalmock/mockserver/internal/spec"
)

// createOrder answers POST /orders.
func (a *api) createOrder(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	body, err := decode[adminapi.NewOrder](c)
	if err != nil {
		return engine.Reply{}, err
	}
	if numbers := w.Numbers(); body.PhoneNumberID == "" && len(numbers) > 0 {
		body.PhoneNumberID = numbers[0].ID
	}
	made, err := a.Mock.Order(c.HTTP.Context(), w.Domain, body)
	return engine.Reply{Status: http.StatusCreated, Body: made}, err
}

// getRecords answers GET /collections/{name}.
func (a *api) getRecords(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	write, err := a.Mock.Records(w.Domain, c.Request.Path("name"))
	return engine.Reply{ContentType: eventlog.MediaType, Stream: write}, err
}

// putRecords answers PUT /collections/{name}. The body is read as it comes; nothing changes before its end.
func (a *api) putRecords(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	contentType := c.HTTP.Header.Get("Content-Type")
	if media, _, err := mime.ParseMediaType(contentType); err != nil || media != eventlog.MediaType {
		return engine.Reply{}, &spec.UnsupportedMediaTypeError{Want: []string{eventlog.MediaType}, Sent: []string{contentType}}
	}
	name := c.Request.Path("name")
	count, err := a.Mock.PutRecords(c.HTTP.Context(), w.Domain, name, c.Stream())
	if err != nil {
		return engine.Reply{}, err
	}
	return show(http.StatusOK, adminapi.ReplacedRecords{Collection: name, Records: count})
}
