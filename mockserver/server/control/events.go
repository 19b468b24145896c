package control

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/eventlog"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/sequence"
	"example.com/awalmock/mockserver/internal/spec"
)

// eventsLimit bounds a file of events that is put into the mock, in bytes.
const eventsLimit = 1 << 30

// getEvents answers GET /events.
func (a *api) getEvents(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	if err := w.Readable(c.HTTP.Context()); err != nil { // the answer has not begun yet
		return engine.Reply{}, err
	}
	return engine.Reply{ContentType: eventlog.MediaType, Stream: func(to io.Writer) error {
		x := w.Export(c.HTTP.Context())
		defer x.Close()
		return eventlog.Write(to, eventlog.Header{
			ProductVersion: a.Version, ContractVersion: a.Document.Version,
			Domain: w.Domain, ClientID: w.Client, Clock: clockWord(x.Stopped), Now: x.Now,
			FixturesDigest: x.Origin.FixturesDigest, Seed: x.Origin.Seed, GeneratorVersion: x.Origin.GeneratorVersion,
		}, x.Events())
	}}, nil
}

func clockWord(standing bool) string {
	if standing {
		return "standing"
	}
	return "running"
}

// putEvents answers PUT /events. The body is read while the events are applied; nothing changes before its end.
func (a *api) putEvents(c *engine.Call) (engine.Reply, error) {
	if _, err := a.workspace(c); err != nil {
		return engine.Reply{}, err
	}
	contentType := c.HTTP.Header.Get("Content-Type")
	if media, _, err := mime.ParseMediaType(contentType); err != nil || media != eventlog.MediaType {
		return engine.Reply{}, &spec.UnsupportedMediaTypeError{Want: []string{eventlog.MediaType}, Sent: []string{contentType}}
	}
	file, err := eventlog.NewReader(c.Stream())
	if err != nil {
		return engine.Reply{}, unreadable(file, err)
	}
	if asked, given := c.Request.Query("workspace"); given && asked != file.Header.Domain {
		return engine.Reply{}, invalid("workspace", fmt.Sprintf("is %s, and the file is of %s: leave it out, or send the file of that workspace", asked, file.Header.Domain))
	}
	w, ok := a.Mock.Workspace(file.Header.Domain)
	if !ok {
		return engine.Reply{}, notFound("There is no workspace " + file.Header.Domain + ", of which the file is; create it first.")
	}
	events := eventlog.Rename(file.Events(), file.Header.ClientID, w.Client)
	if err := w.Replace(c.HTTP.Context(), events, file.Header.Now); err != nil {
		return engine.Reply{}, unreadable(file, err)
	}
	shows := w.Clock()
	sequence.Write(c, w.Workspace)
	return show(http.StatusOK, adminapi.ReplacedWorkspace{
		Domain: w.Domain, Events: file.Count(), Sequence: w.Head(), Now: shows.Now, Standing: shows.Stopped,
	})
}

// unreadable makes a refusal of what is wrong with a file of events, with the line.
func unreadable(file *eventlog.Reader, err error) error {
	var (
		form   *eventlog.FileError
		event  *sandbox.EventError
		origin *sandbox.OriginError
		lost   *sandbox.ReferenceError
	)
	switch {
	case errors.As(err, &form):
		return invalid("body", form.Error())
	case errors.As(err, &event):
		return invalid("body", fmt.Sprintf("line %d: %v", file.LineOf(event.Seq), event))
	case errors.As(err, &origin):
		return invalid("body", "line 1: "+origin.Error())
	case errors.As(err, &lost):
		return invalid("body", lost.Error())
	default:
		return err
	}
}
