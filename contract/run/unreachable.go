package run

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/printable"
)

// unreachable says in one line what was tried, what came back, and what to do.
func (s *Session) unreachable(e *exchange.Exchange) error {
	if e == nil {
		return &TargetError{"the contract has no operation that can be asked without an id"}
	}
	came := s.noAnswer(e)
	if e.Err == nil && !e.TooLarge {
		came = s.otherAnswer(e)
	}
	return &TargetError{printable.CleanLine(s.masker.Replace(printable.Cut(s.tried(e)+": "+strings.Join(strings.Fields(came), " "), 1500)))}
}

// tried is what was asked, and as whom.
func (s *Session) tried(e *exchange.Exchange) string {
	as := s.Target.First
	if e.Request.Sign.AsSecond {
		as = s.Target.Second
	}
	return fmt.Sprintf("%s %s (domain %s, client %s)", e.Request.Method, e.URL, as.Domain, as.ClientID)
}

const waitHint = "; if it is still starting, --wait 30s waits until it answers"

// noAnswer is about a request without a whole answer.
func (s *Session) noAnswer(e *exchange.Exchange) string {
	var certificate *tls.CertificateVerificationError
	var name *net.DNSError
	switch {
	case e.TooLarge, e.Sent == nil: // a limit or the time-out left no room to ask
		return e.Err.Error()
	case e.Status != 0:
		return e.Result()
	case errors.Is(e.Err, http.ErrSchemeMismatch):
		return "it speaks http, without TLS: begin the base URL with http://"
	case strings.Contains(e.Err.Error(), `malformed HTTP response "\x15\x03`): // an alert of TLS
		return speaksTLS
	case strings.Contains(e.Err.Error(), "malformed HTTP"):
		return "what answers there is no HTTP server: " + e.Err.Error()
	case errors.As(e.Err, &certificate):
		return e.Result() + "; --ca-file FILE trusts another authority, --insecure any certificate"
	case errors.As(e.Err, &name) && name.IsNotFound && s.Config.Wait == 0:
		return e.Result() + "; is the name right?"
	case s.Config.Wait == 0:
		return e.Result() + waitHint
	}
	return e.Result()
}

const speaksTLS = "it speaks TLS: begin the base URL with https://"

// plainToTLS is what servers say to a client that sends plain HTTP to a port of TLS: Go's, nginx, Apache.
var plainToTLS = regexp.MustCompile(`(?i)HTTP request [a-z ]*to (an )?HTTPS|plain HTTP to an SSL`)

// otherAnswer is about an answer that is no success of the API.
func (s *Session) otherAnswer(e *exchange.Exchange) string {
	switch {
	case e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden:
		came := "the credentials are not accepted: " + e.Result() + refusalText(e)
		if s.Config.SignedPath == SignedPathAuto && s.Target.Base.Path != "" {
			came += ", with the relative and with the full path signed"
		}
		return came
	case e.Status >= 300 && e.Status < 400:
		return faultOf(e) + "; the API redirects nowhere: is the base URL right? A gateway may want a --header"
	case e.Status == http.StatusBadRequest && plainToTLS.Match(e.Body):
		return e.Result() + ": " + speaksTLS
	case isAway(e) && s.Config.Wait == 0:
		return e.Result() + refusalText(e) + ": the server is away" + waitHint
	case isAway(e):
		return e.Result() + refusalText(e) + ": the server is away"
	case e.Status >= 400:
		return e.Result() + refusalText(e) + "; are the base URL and the phone_number_id right?"
	case e.Object() != nil:
		names := undocumented(e)
		return fmt.Sprintf("%s with JSON that has none of the documented properties (it has %s)%s: this is not the API; is the base URL right?",
			e.Result(), cmp.Or(printable.Cut(strings.Join(names, ", "), 100), "none at all"), refusalText(e))
	case len(e.Body) == 0:
		return e.Result() + " with an empty body: this is not the API; is the base URL right?"
	}
	return fmt.Sprintf("%s with %s that is not JSON: this is not the API; is the base URL right?", e.Result(), cmp.Or(e.Header.Get("Content-Type"), "a body"))
}

// refusalText returns the message and the details of a refusal. In the details a helpful server names the text that had to be signed.
func refusalText(e *exchange.Exchange) (out string) {
	if text, ok := e.Object()["message"].(string); ok {
		out = fmt.Sprintf(" (%s)", printable.Cut(text, 200))
	}
	details, _ := e.Object()["details"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(details)) {
		if text, ok := details[name].(string); ok {
			out += fmt.Sprintf("; %s: %s", printable.Cut(name, 60), printable.Cut(text, 400))
		}
	}
	return out
}
