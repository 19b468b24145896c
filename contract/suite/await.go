package suite

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"time"

	"example.com/awalmock/contract/printable"
)

const awaitPause = 200 * time.Millisecond

// await waits until the target answers: anything that says more than "not yet". What it answers is for the checks.
func (s *session) await(ctx context.Context) error {
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Wait)
	defer cancel()
	last, told := errors.New("nothing was asked"), false
	for ctx.Err() == nil {
		attempt, done := context.WithTimeout(ctx, 5*time.Second)
		e := s.client.once(attempt, "wait", s.first())
		done()
		switch {
		case e.status == http.StatusBadGateway, e.status == http.StatusServiceUnavailable, e.status == http.StatusGatewayTimeout:
			last = errors.New(statusLine(e.status)) // a proxy whose server is not there yet
		case e.status != 0 || e.cut || e.tooLarge:
			return nil
		case ctx.Err() == nil:
			last = e.err
			if waitingIsNoUse(e.err) {
				return s.unreachable(e)
			}
		}
		if !told && time.Since(began) > time.Second {
			told = true
			s.cfg.notice(fmt.Sprintf("waiting for %s: %s", s.target.base, printable.CleanLine(last.Error())))
		}
		_ = pause(ctx, awaitPause)
	}
	return &TargetError{printable.CleanLine(fmt.Sprintf("%s did not answer within %s (--wait): %v; is it started, and is the address right?", s.target.base, s.cfg.Wait, last))}
}

// first is the first request to the target that there is.
func (s *session) first() *request {
	if list := s.collections(); len(list) > 0 {
		return s.to(list[0], 0).free()
	}
	return s.to(s.contract.operations[0], 0).free()
}

// waitingIsNoUse tells of a failure that time does not mend: a certificate. (A name may still be made known: in a compose file it is.)
func waitingIsNoUse(err error) bool {
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &certificate)
}
