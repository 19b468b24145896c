package run

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"time"

	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/printable"
)

const awaitPause = 200 * time.Millisecond

// await waits until the target answers with anything but 502, 503 and 504. The answer itself is judged by the cases.
func (s *Session) await(ctx context.Context) error {
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, s.Config.Wait)
	defer cancel()
	last, noted := errors.New("nothing was asked"), false
	for ctx.Err() == nil {
		attempt, done := context.WithTimeout(ctx, 5*time.Second)
		e := s.Client.Once(attempt, "wait", s.first())
		done()
		switch {
		case e.Status == http.StatusBadGateway, e.Status == http.StatusServiceUnavailable, e.Status == http.StatusGatewayTimeout:
			last = errors.New(exchange.StatusLine(e.Status)) // a proxy whose server has not started yet
		case e.Status != 0 || e.Cut || e.TooLarge:
			return nil
		case ctx.Err() == nil:
			last = e.Err
			if isPermanent(e.Err) {
				return s.unreachable(e)
			}
		}
		if !noted && time.Since(began) > time.Second {
			noted = true
			s.notice(fmt.Sprintf("waiting for %s: %s", s.Target.Base, printable.CleanLine(last.Error())))
		}
		_ = exchange.Pause(ctx, awaitPause)
	}
	return &TargetError{printable.CleanLine(fmt.Sprintf("%s did not answer within %s (--wait): %v; is it started, and is the address right?", s.Target.Base, s.Config.Wait, last))}
}

// first is a request to the first operation that needs no id.
func (s *Session) first() *exchange.Request {
	if list := s.Collections(); len(list) > 0 {
		return s.To(list[0], 0).AnyAnswer()
	}
	return s.To(s.Document.Operations[0], 0).AnyAnswer()
}

// isPermanent reports whether a failure will not go away with time: a wrong certificate. (An unknown host name may become known, as in Docker Compose.)
func isPermanent(err error) bool {
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &certificate)
}
