package suite

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/awalmock/contract/printable"
)

// preflight finds out whether the target can be reached, is the API and accepts the credentials, and how it wants paths to be signed.
func (s *session) preflight(ctx context.Context) error {
	modes := []bool{s.target.fullPath}
	if s.cfg.SignedPath == SignedPathAuto {
		modes = []bool{false, true}
	}
	if s.target.base.Path == "" {
		modes = modes[:1] // there is no difference
	}
	var first *exchange
	failing := false
	for _, op := range s.collections() {
		for _, full := range modes {
			s.target.fullPath = full
			e := s.client.ask(ctx, "preflight", s.to(op, 0).free())
			if e.tooLarge || e.err != nil && !e.cut {
				return s.unreachable(e)
			}
			if e.status >= 200 && e.status < 300 {
				if !looksLikeJSON(e) {
					return s.unreachable(e)
				}
				return s.preflightSecond(ctx)
			}
			failing = failing || e.status >= 500
			if first == nil {
				first = e
			}
		}
	}
	s.target.fullPath = modes[0]
	if failing { // it is there, and broken: that is for the checks to tell
		return s.preflightSecond(ctx)
	}
	return s.unreachable(first)
}

// preflightUpload finds out how the target wants uploads to be signed, with one that lacks all that it needs: nothing is sent.
func (s *session) preflightUpload(ctx context.Context) {
	op := s.contract.operation(opMedia)
	if s.cfg.SignedUpload != SignedUploadAuto || !s.cfg.claims(CapabilitySend) || op == nil {
		return
	}
	refusedFor := func(empty bool) int {
		s.target.emptyUpload = empty
		return s.client.ask(ctx, "preflight", s.to(op, 0).withForm(part{name: "type", value: "image"}).unacceptable()).status
	}
	isRefusal := func(status int) bool { return status == 401 || status == 403 }
	if isRefusal(refusedFor(false)) && !isRefusal(refusedFor(true)) {
		return
	}
	s.target.emptyUpload = false
}

// collections are the operations that need no id, the list first.
func (s *session) collections() []*operation {
	var out []*operation
	for _, op := range s.contract.reads() {
		if op.pathParameter() == nil {
			out = append(out, op)
		}
	}
	return out
}

func (s *session) preflightSecond(ctx context.Context) error {
	if !s.cfg.claims(CapabilitySecondClient) {
		return nil
	}
	for _, op := range s.collections()[:1] {
		e := s.client.ask(ctx, "preflight", s.toSecond(op, 0).free())
		if e.err != nil || e.status >= 300 && e.status < 500 {
			return s.unreachable(e)
		}
	}
	return nil
}

// unreachable says in one line what was tried and what came back.
func (s *session) unreachable(e *exchange) error {
	if e == nil {
		return &TargetError{"the contract has no operation that can be asked without an id"}
	}
	as := s.target.first
	if e.request.sign.asSecond {
		as = s.target.second
	}
	tried := fmt.Sprintf("%s %s (domain %s, client %s)", e.request.method, e.url, as.Domain, as.ClientID)
	var came string
	switch {
	case e.tooLarge, e.sent == nil: // a limit or the time-out left no room to ask
		came = e.err.Error()
	case e.err != nil && e.status == 0 && strings.Contains(e.err.Error(), "malformed HTTP"):
		came = "what answers there is no HTTP server: " + e.err.Error()
	case e.err != nil && e.status == 0 && s.cfg.Wait == 0:
		came = e.result() + "; if it is still starting, --wait 30s waits until it answers"
	case e.err != nil:
		came = e.result()
	case e.status == 401 || e.status == 403:
		came = "the credentials are not accepted: " + e.result() + said(e)
		if s.cfg.SignedPath == SignedPathAuto && s.target.base.Path != "" {
			came += ", with the relative and with the full path signed"
		}
	case e.status >= 300 && e.status < 400:
		came = e.result() + ": redirected to " + e.header.Get("Location")
	case e.status >= 400:
		came = e.result() + said(e) + "; are the base URL and the phone_number_id right?"
	default:
		came = fmt.Sprintf("%s with %s that is not JSON: this is not the API", e.result(), cmp.Or(e.header.Get("Content-Type"), "a body"))
	}
	return &TargetError{printable.CleanLine(s.hide.Replace(cutText(tried+": "+strings.Join(strings.Fields(came), " "), 1500)))}
}

// said is what a refusal says for itself: its message, and its details, where a helpful server tells what it wanted to be signed.
func said(e *exchange) (out string) {
	if text, ok := e.object()["message"].(string); ok {
		out = fmt.Sprintf(" (%s)", cutText(text, 200))
	}
	details, _ := e.object()["details"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(details)) {
		if text, ok := details[name].(string); ok {
			out += fmt.Sprintf("; %s: %s", cutText(name, 60), cutText(text, 400))
		}
	}
	return out
}

// looksLikeJSON is lenient: whether the JSON is right is for the checks to tell.
func looksLikeJSON(e *exchange) bool {
	body := bytes.TrimPrefix(bytes.TrimSpace(e.body), []byte("\ufeff"))
	return bytes.HasPrefix(body, []byte("{")) || strings.Contains(e.header.Get("Content-Type"), "json")
}
