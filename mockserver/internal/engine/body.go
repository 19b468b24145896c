package engine

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// readBody reads the whole body, before anything else looks at it: what was signed must be what is checked. A body over
// the limit is an *http.MaxBytesError, one that stops or breaks off a *brokenBodyError, one too many ErrBusy. memory is what the
// request may take while its caller is not known.
func (e *Engine) readBody(x *Exchange, s *operationSettings, memory *share) error {
	r := x.HTTP
	if s.Stream {
		return e.openStream(x, s.BodyLimit)
	}
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
		return nil
	}
	boundary, upload := uploadBoundary(x)
	limit := s.BodyLimit
	if upload {
		limit += e.FileLimit
	}
	if r.ContentLength > limit {
		return &http.MaxBytesError{Limit: limit}
	}
	body := &stallReader{
		Reader:  http.MaxBytesReader(x.w, r.Body, limit),
		control: http.NewResponseController(x.w), stall: e.BodyStall,
	}
	var err error
	if upload {
		err = e.readForm(x, memory, body, boundary, s.BodyLimit)
	} else {
		x.Body, err = memory.readAll(body, r.ContentLength)
	}
	var tooLarge *http.MaxBytesError
	if err == nil {
		// The deadline belongs to the body alone: left in place, it would end the connection later.
		_ = body.control.SetReadDeadline(time.Time{})
		wasRead(x.w)
		return nil
	}
	if errors.As(err, &tooLarge) || errors.Is(err, ErrBusy) {
		return err
	}
	x.w.Header()["Connection"] = []string{"close"}
	stalled := errors.Is(err, os.ErrDeadlineExceeded)
	x.makeSpecial().stalled = stalled
	return &brokenBodyError{stalled}
}

// stallReader gives every single read of a body its own time.
type stallReader struct {
	io.Reader
	control *http.ResponseController
	stall   time.Duration
}

func (p *stallReader) Read(b []byte) (int, error) {
	// Not every ResponseWriter has deadlines (a recorder has none): then no read is bounded.
	// The connection goes by the real clock, not by Options.Now.
	_ = p.control.SetReadDeadline(time.Now().Add(p.stall))
	return p.Reader.Read(b)
}

// brokenBodyError says that a body did not arrive whole.
type brokenBodyError struct{ stalled bool }

func (b *brokenBodyError) Error() string {
	if b.stalled {
		return "paused for too long; send it without pauses"
	}
	return "broke off before its end; send it whole, as Content-Length or its chunks say"
}
