package control

import (
	"net/http"
	"time"

	"example.com/awalmock/mockserver/internal/engine"
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
		Set     *time.Time
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

// lastYear is the last one that a clock can be moved to: 9999 is the last that a timestamp in the form of RFC 3339 can show,
// and a clock that runs on, a delivery and an expiry need room before it.
const lastYear = 9998

const tooFar = "must not lead beyond the year 9998"

func set(w Workspace, at time.Time) error {
	if at.UTC().Year() > lastYear {
		return invalid("set", tooFar)
	}
	return w.SetClock(at)
}

func advance(w Workspace, text string) error {
	d, err := time.ParseDuration(text)
	switch {
	case err != nil || w.Now().Add(d).Year() > lastYear:
		return invalid("advance", tooFar)
	case d%time.Second != 0:
		return invalid("advance", "must be whole seconds: the clock has no parts of one")
	}
	return w.Advance(d)
}
