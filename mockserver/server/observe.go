package server

import (
	"context"
	"log/slog"

	"example.com/awalmock/mockserver/internal/engine"
)

// observe counts and logs an exchange: one line, in which no header and no body stands, so no secret and no signature.
func (s *Server) observe(x *engine.Exchange) {
	s.metrics.count(x.OperationID(), x.Status, x.Duration)
	level := slog.LevelInfo
	if x.Status >= 500 && x.Failure != nil {
		level = slog.LevelError
	}
	ctx := context.Background()
	if !s.options.Logger.Enabled(ctx, level) {
		return
	}
	verdict := x.Code
	if verdict == "" {
		verdict = "ok"
	}
	attrs := []slog.Attr{
		slog.String("method", x.HTTP.Method), slog.String("path", x.Path), slog.Int("status", x.Status),
		slog.String("operation", x.OperationID()), slog.Duration("took", x.Duration),
		slog.String("verdict", verdict), slog.String("request_id", x.ID),
	}
	if x.Failure != nil {
		attrs = append(attrs, slog.String("failure", x.Failure.Error()))
	}
	s.options.Logger.LogAttrs(ctx, level, "request", attrs...)
}
