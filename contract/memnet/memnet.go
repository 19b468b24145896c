// Package memnet is a network in memory, for a server and its client in one process: no system call, and a clock of testing/synctest does not wait for it.
// Unlike those of net.Pipe, its writes do not wait until the other side reads.
package memnet

import (
	"context"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// A Listener is the server's side of a network. It is for http.Server.Serve; Dial is for the client.
type Listener struct {
	accepted chan net.Conn
	closed   chan struct{}
	close    func()
}

// Listen makes a network with no connections. Close of the listener ends Accept and Dial; connections stay.
func Listen() *Listener {
	closed := make(chan struct{})
	return &Listener{make(chan net.Conn), closed, sync.OnceFunc(func() { close(closed) })}
}

func (l *Listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.accepted:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *Listener) Close() error   { l.close(); return nil }
func (l *Listener) Addr() net.Addr { return address() }

// Dial connects to the server; the network and the address are ignored. The error is that of ctx, or net.ErrClosed after Close.
func (l *Listener) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	toServer, toClient := newStream(), newStream()
	select {
	case l.accepted <- &connection{in: toServer, out: toClient}:
		return &connection{in: toClient, out: toServer}, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func address() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

// A connection is the server's or the client's end: what one writes, the other reads.
type connection struct{ in, out *stream }

func (c *connection) Read(into []byte) (int, error)     { return c.in.read(into) }
func (c *connection) Write(from []byte) (int, error)    { return c.out.write(from) }
func (c *connection) LocalAddr() net.Addr               { return address() }
func (c *connection) RemoteAddr() net.Addr              { return address() }
func (c *connection) SetReadDeadline(t time.Time) error { c.in.reading.set(c.in, t); return nil }

func (c *connection) SetWriteDeadline(t time.Time) error {
	c.out.writing.set(c.out, t)
	return nil
}

func (c *connection) SetDeadline(t time.Time) error {
	_ = c.SetReadDeadline(t)
	return c.SetWriteDeadline(t)
}

// Close lets the other side read what was written, and then io.EOF.
func (c *connection) Close() error {
	c.in.end(true)
	c.out.end(false)
	return nil
}

const bufferSize = 64 << 10 // bytes that wait to be read

// A stream is one direction of a connection: a writer waits while bufferSize bytes are not read yet.
type stream struct {
	mu      sync.Mutex
	changed *sync.Cond
	waiting []byte // written and not yet read
	ended   bool   // nothing more is written
	unread  bool   // the reader is gone
	reading deadline
	writing deadline
}

func newStream() *stream {
	s := &stream{}
	s.changed = sync.NewCond(&s.mu)
	return s
}

func (s *stream) read(into []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.waiting) == 0 {
		switch {
		case s.unread:
			return 0, net.ErrClosed
		case s.reading.passed:
			return 0, os.ErrDeadlineExceeded
		case s.ended:
			return 0, io.EOF
		case len(into) == 0:
			return 0, nil
		}
		s.changed.Wait()
	}
	n := copy(into, s.waiting)
	if s.waiting = s.waiting[n:]; len(s.waiting) == 0 {
		s.waiting = nil
	}
	s.changed.Broadcast()
	return n, nil
}

func (s *stream) write(from []byte) (written int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(from) > 0 {
		switch room := bufferSize - len(s.waiting); {
		case s.ended:
			return written, net.ErrClosed
		case s.unread:
			return written, io.ErrClosedPipe
		case s.writing.passed:
			return written, os.ErrDeadlineExceeded
		case room > 0:
			n := min(room, len(from))
			s.waiting, from = append(s.waiting, from[:n]...), from[n:]
			written += n
			s.changed.Broadcast()
		default:
			s.changed.Wait()
		}
	}
	return written, nil
}

// end says that nothing more is read from the stream, or else that nothing more is written to it.
func (s *stream) end(byReader bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if byReader {
		s.unread = true
	} else {
		s.ended = true
	}
	s.reading.stop()
	s.writing.stop()
	s.changed.Broadcast()
}

// A deadline ends the calls of one side of a stream.
type deadline struct {
	timer  *time.Timer
	passed bool
}

// set lets calls fail from a time on; the zero time is never.
func (d *deadline) set(s *stream, t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d.stop()
	left := time.Until(t)
	d.passed = !t.IsZero() && left <= 0
	if !t.IsZero() && left > 0 {
		var timer *time.Timer
		timer = time.AfterFunc(left, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			if d.timer == timer { // no other deadline was set since
				d.passed = true
				s.changed.Broadcast()
			}
		})
		d.timer = timer
	}
	s.changed.Broadcast()
}

func (d *deadline) stop() {
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
}
