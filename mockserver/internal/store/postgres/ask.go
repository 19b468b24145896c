package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// askWithin is how long the database may say nothing until a question to it is given up: a network that is cut may drop everything without a word.
const askWithin = 4 * time.Second

// errSilent is a kind of context.DeadlineExceeded.
var errSilent = fmt.Errorf("no answer came for %v: %w", askWithin, context.DeadlineExceeded)

// ask asks the database something, and gives up when it says nothing for askWithin. The question calls progress after each part of a long answer.
func (d *Database) ask(ctx context.Context, question func(ctx context.Context, progress func()) error) error {
	asking, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := time.AfterFunc(askWithin, func() { cancel(errSilent) })
	defer silence.Stop()
	err := question(asking, func() { silence.Reset(askWithin) })
	if err != nil && errors.Is(context.Cause(asking), errSilent) {
		d.distrust()
		return errSilent
	}
	return err
}

// distrust closes the connections that are not in use: what has silenced one, say a firewall that has forgotten it, has silenced the others too.
func (d *Database) distrust() { d.pool.Reset() }

// get asks for one value.
func (d *Database) get(ctx context.Context, value any, statement string, args ...any) error {
	return d.ask(ctx, func(ctx context.Context, _ func()) error { return d.pool.QueryRow(ctx, statement, args...).Scan(value) })
}

func (d *Database) exec(ctx context.Context, statement string, args ...any) error {
	return d.ask(ctx, func(ctx context.Context, _ func()) error {
		_, err := d.pool.Exec(ctx, statement, args...)
		return err
	})
}
