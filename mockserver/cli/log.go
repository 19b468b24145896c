package cli

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/lmittmann/tint"
	"github.com/mattn/go-isatty"

	"example.com/awalmock/mockserver/internal/printable"
)

// logger writes the log: for people, with colours on a terminal, or for machines.
func (c *serveCommand) logger(stderr io.Writer) *slog.Logger {
	level := c.LogLevel.level
	if c.Quiet && !c.LogLevel.given {
		level = slog.LevelError
	}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(stderr, &slog.HandlerOptions{Level: level, ReplaceAttr: safeAttr}))
	}
	file, ok := stderr.(*os.File)
	return slog.New(tint.NewTextHandler(stderr, &tint.Options{
		Level: level, TimeFormat: time.TimeOnly, ReplaceAttr: safeAttr, NoColor: !ok || !isatty.IsTerminal(file.Fd()),
	}))
}

// levelFlag is debug, info, warn or error; info if it is not given.
type levelFlag struct {
	level slog.Level
	given bool
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (l *levelFlag) UnmarshalText(text []byte) error {
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}
	level, known := levels[string(text)]
	if !known {
		return errors.New("must be debug, info, warn or error")
	}
	*l = levelFlag{level, true}
	return nil
}

// safeAttr lets nothing into the log that a terminal obeys: the message is one line, other texts keep their line feeds, which
// both forms of the log write as an escape.
func safeAttr(_ []string, a slog.Attr) slog.Attr {
	switch value := a.Value.Any().(type) {
	case string:
		if a.Key == slog.MessageKey {
			return slog.String(a.Key, printable.Line(value))
		}
		return slog.String(a.Key, printable.Text(value))
	case error:
		return slog.String(a.Key, printable.Text(value.Error()))
	case fmt.Stringer:
		if a.Value.Kind() == slog.KindAny && a.Key != slog.LevelKey {
			return slog.String(a.Key, printable.Text(value.String()))
		}
	}
	return a
}
