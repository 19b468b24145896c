package engine

import (
	"io"
	"net/http"
	"sync/atomic"
)

// What bodies may take in memory before it is known who sent them: a little each, without asking, and a share of what there is
// for all together.
const (
	strangersBytes = 48 << 20
	strangerBytes  = 16 << 10
)

// Memory is what strangers share. One serves all engines of a process.
type Memory struct{ taken atomic.Int64 }

// ErrBusy refuses a request for which there is no memory now.
var ErrBusy = &Error{
	Status: http.StatusServiceUnavailable, Code: "service_unavailable",
	Message: "Too many large bodies are being sent at the same time; send this one again in a moment.",
}

// A share is what one request has of the memory.
type share struct {
	of          *Memory // nil: there is no bound
	used, taken int64
}

// grow takes n bytes more.
func (s *share) grow(n int) error {
	s.used += int64(n)
	more := s.used - strangerBytes - s.taken
	if s.of == nil || more <= 0 {
		return nil
	}
	if s.of.taken.Add(more) > strangersBytes {
		s.of.taken.Add(-more)
		return ErrBusy
	}
	s.taken += more
	return nil
}

// release gives all of it back: it is known who sent the request.
func (s *share) release() {
	if s.taken > 0 {
		s.of.taken.Add(-s.taken)
	}
	*s = share{}
}

// readAll reads to the end. size is how long it will be, if that is known, else -1: a promise, for which no more than the
// first bytes are made ready.
func (s *share) readAll(r io.Reader, size int64) ([]byte, error) {
	if size < 0 {
		size = 511
	}
	buf := make([]byte, 0, min(size+1, strangerBytes))
	if err := s.grow(cap(buf)); err != nil {
		return nil, err
	}
	for {
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
			return buf, nil
		}
		if err != nil {
			return nil, err
		}
		if len(buf) < cap(buf) {
			continue
		}
		larger := max(2*cap(buf), int(size)+1)
		if err := s.grow(larger - cap(buf)); err != nil {
			return nil, err
		}
		buf = append(make([]byte, 0, larger), buf...)
	}
}
