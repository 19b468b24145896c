package run

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/printable"
)

// preflightControl finds out whether the control API answers and accepts the token.
func (s *Session) preflightControl(ctx context.Context) error {
	if !s.Config.Claims(document.CapabilityControl) {
		return nil
	}
	e := s.Client.Ask(ctx, "preflight", s.ToControl(http.MethodGet, "/workspaces", "", nil))
	var why string
	switch _, list := e.Object()["data"].([]any); {
	case e.Err != nil:
		why = e.Result()
	case e.Status == http.StatusUnauthorized && s.Target.ControlToken == "":
		why = e.Result() + ": it asks for a token (--control-token)"
	case e.Status == http.StatusUnauthorized:
		why = e.Result() + ": it does not accept this token"
	case e.Status == http.StatusOK && list:
		return nil
	default:
		why = e.Result() + refusalText(e) + ": is it there, and on? (--control-url)"
	}
	return &TargetError{s.masker.Replace(printable.Cut(fmt.Sprintf("the control API at %s cannot be used: %s", s.Target.Control, why), 600))}
}

// preflight finds out whether the target can be reached, is the API and accepts the credentials, and how it wants paths to be signed.
func (s *Session) preflight(ctx context.Context) error {
	modes := []bool{s.Target.FullPath}
	if s.Config.SignedPath == SignedPathAuto {
		modes = []bool{false, true}
	}
	if s.Target.Base.Path == "" {
		modes = modes[:1] // there is no difference
	}
	var first *exchange.Exchange
	failing := false
	for _, op := range s.Collections() {
		for _, full := range modes {
			s.Target.FullPath = full
			e := s.Client.Ask(ctx, "preflight", s.To(op, 0).AnyAnswer())
			if e.TooLarge || e.Err != nil && !e.Cut {
				return s.unreachable(e)
			}
			if e.Status >= 200 && e.Status < 300 {
				if !e.LooksLikeJSON() {
					return s.unreachable(e)
				}
				return s.preflightSecond(ctx)
			}
			failing = failing || e.Status >= 500
			if first == nil {
				first = e
			}
		}
	}
	s.Target.FullPath = modes[0]
	if failing { // the target answers with 5xx: the cases report it
		return s.preflightSecond(ctx)
	}
	return s.unreachable(first)
}

// preflightUpload finds out how the target wants uploads to be signed. The upload lacks required parts, so no message is sent.
func (s *Session) preflightUpload(ctx context.Context) {
	op := s.Document.Operation(document.SendMediaMessage)
	if s.Config.SignedUpload != SignedUploadAuto || !s.Config.Claims(document.CapabilitySend) || op == nil || s.unclaimedKind(op) != "" {
		return
	}
	refusedFor := func(empty bool) int {
		s.Target.EmptyUpload = empty
		return s.Client.Ask(ctx, "preflight", s.To(op, 0).WithForm(exchange.Part{Name: "type", Value: "image"}).MayBeRefused()).Status
	}
	isRefusal := func(status int) bool { return status == 401 || status == 403 }
	if isRefusal(refusedFor(false)) && !isRefusal(refusedFor(true)) {
		return
	}
	s.Target.EmptyUpload = false
}

// Collections are the reads that need no id and no capability, the list of conversations first.
func (s *Session) Collections() []*document.Operation {
	var out []*document.Operation
	for _, op := range s.Document.Reads() {
		if op.PathParameter() == nil && op.Capability == "" && !op.Public {
			out = append(out, op)
		}
	}
	return out
}

// preflightSecond finds out whether the target accepts the second credentials. One operation is enough: if others refuse them, the cases report it.
func (s *Session) preflightSecond(ctx context.Context) error {
	if !s.Config.Claims(document.CapabilitySecondClient) {
		return nil
	}
	var first *exchange.Exchange
	for _, op := range s.Collections() {
		e := s.Client.Ask(ctx, "preflight", s.ToSecond(op, 0).AnyAnswer())
		if e.Err == nil && (e.Status < 300 || e.Status >= 500) {
			return nil
		}
		if first == nil {
			first = e
		}
	}
	if first == nil {
		return nil
	}
	return s.unreachable(first)
}

// unreachable is the error that says in one line which request was sent and what the answer was.
func (s *Session) unreachable(e *exchange.Exchange) error {
	if e == nil {
		return &TargetError{"the contract has no operation that can be asked without an id"}
	}
	as := s.Target.First
	if e.Request.Sign.AsSecond {
		as = s.Target.Second
	}
	tried := fmt.Sprintf("%s %s (domain %s, client %s)", e.Request.Method, e.URL, as.Domain, as.ClientID)
	var came string
	switch {
	case e.TooLarge, e.Sent == nil: // the request was not sent, because of a limit or the time-out
		came = e.Err.Error()
	case e.Err != nil && e.Status == 0 && strings.Contains(e.Err.Error(), "malformed HTTP"):
		came = "what answers there is no HTTP server: " + e.Err.Error()
	case e.Err != nil && e.Status == 0 && s.Config.Wait == 0:
		came = e.Result() + "; if it is still starting, --wait 30s waits until it answers"
	case e.Err != nil:
		came = e.Result()
	case e.Status == 401 || e.Status == 403:
		came = "the credentials are not accepted: " + e.Result() + refusalText(e)
		if s.Config.SignedPath == SignedPathAuto && s.Target.Base.Path != "" {
			came += ", with the relative and with the full path signed"
		}
	case e.Status >= 300 && e.Status < 400:
		came = e.Result() + ": redirected to " + e.Header.Get("Location")
	case e.Status >= 400:
		came = e.Result() + refusalText(e) + "; are the base URL and the phone_number_id right?"
	default:
		came = fmt.Sprintf("%s with %s that is not JSON: this is not the API", e.Result(), cmp.Or(e.Header.Get("Content-Type"), "a body"))
	}
	return &TargetError{printable.CleanLine(s.masker.Replace(printable.Cut(tried+": "+strings.Join(strings.Fields(came), " "), 1500)))}
}

// refusalText is the message and the details of a refusal. The details may have the text that had to be signed.
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
