package control

import (
	"fmt"
	"net/http"
	"time"

	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/spec"
)

type clock struct {
	Now      time.Time `json:"now"`
	Standing bool      `json:"standing"`
}

// getClock answers GET /clock.
func (a *api) getClock(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	return showClock(w)
}

func showClock(w Workspace) (engine.Reply, error) {
	now, standing := w.ClockState()
	return show(http.StatusOK, clock{now, standing})
}

// setClock answers POST /clock.
func (a *api) setClock(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	body, err := decode[struct {
		Advance string
		Set     *string
		Run     *bool
	}](c)
	if err != nil {
		return engine.Reply{}, err
	}
	switch {
	case body.Set != nil:
		err = set(w, *body.Set)
	case body.Run != nil:
		err = w.RunClock(*body.Run)
	default:
		err = advance(w, body.Advance)
	}
	if err != nil {
		return engine.Reply{}, fits(err)
	}
	return showClock(w)
}

func set(w Workspace, text string) error {
	at, ok := spec.ParseDateTime(text)
	if !ok {
		return invalid("set", "must be an RFC 3339 date and time, such as 2024-01-20T10:30:00Z")
	}
	return w.SetClock(at)
}

func advance(w Workspace, text string) error {
	d, err := time.ParseDuration(text)
	switch {
	case err != nil: // its form has been checked: it is too large for a duration
		return invalid("advance", fmt.Sprintf("must not lead beyond the year %d", sandbox.LastYear))
	case d%time.Second != 0:
		return invalid("advance", "must be whole seconds: the clock shows no parts of one")
	}
	return w.Advance(d)
}
