package control

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/spec"
)

// getClock answers GET /clock.
func (a *api) getClock(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	return showClock(w.Clock())
}

func showClock(c sandbox.ClockState) (engine.Reply, error) {
	return show(http.StatusOK, adminapi.Clock{Now: c.Now, Standing: c.Stopped})
}

// setClock answers POST /clock.
func (a *api) setClock(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	body, err := decode[adminapi.ClockChange](c)
	if err != nil {
		return engine.Reply{}, err
	}
	var shows sandbox.ClockState
	switch ctx := c.HTTP.Context(); {
	case body.Set != nil:
		shows, err = set(ctx, w, *body.Set)
	case body.Run != nil:
		shows, err = w.RunClock(ctx, *body.Run)
	default:
		shows, err = advance(ctx, w, body.Advance)
	}
	if err != nil {
		return engine.Reply{}, err
	}
	return showClock(shows)
}

func set(ctx context.Context, w Workspace, text string) (sandbox.ClockState, error) {
	at, ok := spec.ParseDateTime(text)
	if !ok {
		return sandbox.ClockState{}, invalid("set", "must be an RFC 3339 date and time, such as 2024-01-20T10:30:00Z")
	}
	return w.SetClock(ctx, at)
}

func advance(ctx context.Context, w Workspace, text string) (sandbox.ClockState, error) {
	d, err := time.ParseDuration(text)
	switch {
	case err != nil: // its form has been checked: it is too large for a duration
		return sandbox.ClockState{}, invalid("advance", fmt.Sprintf("must not lead beyond the year %d", sandbox.LastYear))
	case d%time.Second != 0:
		return sandbox.ClockState{}, invalid("advance", "must be whole seconds: the clock shows no parts of one")
	}
	return w.Advance(ctx, d)
}
