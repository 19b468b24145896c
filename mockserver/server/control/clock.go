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
		err = w.SetClock(*body.Set)
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

// lastYear is the last one that a timestamp in the form of RFC 3339 can show.
const lastYear = 9999

func advance(w Workspace, text string) error {
	d, err := time.ParseDuration(text)
	switch {
	case err != nil || w.Now().Add(d).Year() > lastYear:
		return invalid("advance", "is too long")
	case d%time.Second != 0:
		return invalid("advance", "must be whole seconds: the clock has no parts of one")
	}
	return w.Advance(d)
}
