package server

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"example.com/awalmock/mockserver/internal/engine"
)

// observe counts and logs an exchange: one line without headers and body, so without a signature. A secret in the rest of it
// is masked.
func (s *Server) observe(x *engine.Exchange) {
	s.metrics.count(x.OperationID(), x.Status, x.Duration)
	s.tellExpiry(x.Started)
	level := levelOf(x)
	ctx := context.Background()
	if !s.options.Logger.Enabled(ctx, level) {
		return
	}
	verdict := x.Code
	if verdict == "" {
		verdict = "ok"
	}
	attrs := make([]slog.Attr, 0, 12)
	attrs = append(attrs, slog.String("method", x.HTTP.Method), slog.String("path", s.loggable(x.Path)))
	add := func(name, text string) {
		if text != "" {
			attrs = append(attrs, slog.String(name, s.loggable(text)))
		}
	}
	add("query", x.Query)
	attrs = append(attrs,
		slog.Int("status", x.Status), slog.String("operation", x.OperationID()), slog.Duration("took", x.Duration), slog.String("verdict", verdict),
	)
	reason, hint := refused(x.Refusal)
	add("reason", reason)
	add("hint", hint)
	add("warning", strings.Join(x.Warnings, "; "))
	add("fault", x.Fault)
	attrs = append(attrs, slog.String("request_id", x.ID))
	if x.Failure != nil {
		attrs = append(attrs, slog.String("failure", s.secrets.Mask(x.Failure.Error())))
	}
	s.options.Logger.LogAttrs(ctx, level, "request", attrs...)
}

// levelOf is the level of a line by the outcome: an error where the server failed, a warning where a caller has to change
// something.
func levelOf(x *engine.Exchange) slog.Level {
	switch {
	case x.Status >= http.StatusInternalServerError:
		return slog.LevelError
	case x.Status >= http.StatusBadRequest, x.Failure != nil, len(x.Warnings) > 0:
		return slog.LevelWarn
	default:
		return slog.LevelInfo
	}
}

// refused is the first thing that was wrong with a request, how many more there are, and the hint.
func refused(e *engine.Error) (reason, hint string) {
	if e == nil {
		return "", ""
	}
	more := -1
	for _, d := range e.Details {
		switch d.Field {
		case "hint":
			hint = d.Text
		case "string_to_sign", "server_time":
		default:
			if more++; reason == "" {
				reason = d.Field + " " + d.Text
			}
		}
	}
	switch {
	case reason == "":
		return e.Message, hint
	case more > 0:
		reason += " (and " + strconv.Itoa(more) + " more)"
	}
	return reason, hint
}

// loggable is a text that a caller has chosen, without secrets and not too long for a line.
func (s *Server) loggable(text string) string { return engine.CutMiddle(s.secrets.Mask(text), 400) }
