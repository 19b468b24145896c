package run

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"

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
	var first, broken *exchange.Exchange // answers that are no success, and that no working API gives
	for _, op := range s.Collections() {
		for _, full := range modes {
			s.Target.FullPath = full
			e := s.Client.Ask(ctx, "preflight", s.To(op, 0).AnyAnswer())
			switch {
			case e.TooLarge, e.Err != nil && !e.Cut, e.Status < 300 && !e.Cut && !e.LooksLikeJSON():
				return s.unreachable(e)
			case isElse(e):
			case e.Status < 300 && faultOf(e) == "":
				return s.preflightSecond(ctx)
			case faultOf(e) != "":
				broken = cmp.Or(broken, e)
			}
			first = cmp.Or(first, e)
		}
	}
	s.Target.FullPath = modes[0]
	if broken == nil || isAway(broken) {
		return s.unreachable(cmp.Or(broken, first))
	}
	s.setDown(fmt.Sprintf("this is no working API: %s: %s, and no list is answered better; nothing else was checked", s.tried(broken), faultOf(broken)))
	return nil
}

// isElse reports whether something else than the API answers: a redirection, or a success that has none of the documented properties.
func isElse(e *exchange.Exchange) bool {
	if e.Err != nil || e.Status >= 400 {
		return false
	}
	return e.Status >= 300 || e.Object() != nil && len(undocumented(e)) == len(e.Object())
}

// undocumented are the names of the properties of an answer that its operation does not have.
func undocumented(e *exchange.Exchange) (names []string) {
	documented := map[string]bool{}
	if response := e.Request.Op.Response(e.Status); response != nil {
		for _, media := range response.Media {
			for name := range document.Effective(media.Schema).Properties {
				documented[name] = true
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.Object())) {
		if !documented[name] {
			names = append(names, name)
		}
	}
	return names
}

// isAway reports whether a gateway says that the server behind it is not there, or not yet.
func isAway(e *exchange.Exchange) bool {
	return slices.Contains([]int{http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}, e.Status)
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
