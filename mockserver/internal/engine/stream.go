package engine

import (
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// openStream leaves the body to the handler.
func (e *Engine) openStream(x *Exchange, limit int64) error {
	if x.HTTP.ContentLength > limit {
		return &http.MaxBytesError{Limit: limit}
	}
	if x.HTTP.Body != nil {
		x.makeSpecial().stream = &stream{x, stallReader{
			Reader:  http.MaxBytesReader(x.w, x.HTTP.Body, limit),
			control: http.NewResponseController(x.w), stall: e.BodyStall,
		}}
	}
	return nil
}

// Stream is the body of an operation whose settings have Stream, as it comes. Errors of its Read are answers: 413 for a body over the
// limit, 400 for one that stops or breaks off.
func (c *Call) Stream() io.Reader {
	if c.special == nil || c.special.stream == nil {
		return strings.NewReader("")
	}
	return c.special.stream
}

// A stream is a body that a handler reads.
type stream struct {
	x *Exchange
	stallReader
}

func (s *stream) Read(b []byte) (int, error) {
	n, err := s.stallReader.Read(b)
	if err == nil {
		return n, nil
	}
	if err == io.EOF { //nolint:errorlint // a body that breaks off has an error that wraps it
		// The deadline belongs to the body alone: left in place, it would end the connection later.
		_ = s.control.SetReadDeadline(time.Time{})
		wasRead(s.x.w)
		return n, err
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return n, err
	}
	stalled := errors.Is(err, os.ErrDeadlineExceeded)
	s.x.makeSpecial().stalled = stalled
	return n, &brokenBodyError{stalled}
}
