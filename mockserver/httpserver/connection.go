package httpserver

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// What a connection that is given up may still send until it is closed. Closed with unread bytes, TCP would take back the
// answer that the caller has not read yet.
const (
	lingerTime  = 2 * time.Second
	lingerBytes = 32 << 20
)

// writeBlock is how much is written in the time that a caller has to take it.
const writeBlock = 64 << 10

// A connection gives up a caller who takes nothing, and lets one who is still sending read the answer.
//
// A read deadline is set exactly while the connection waits for its caller: for a head, for a body, for the next request; none
// is while a handler works. By that the listener knows who keeps it waiting.
type connection struct {
	net.Conn
	stall  time.Duration       // how long a caller may take nothing
	closed func(c *connection) // called once

	reads, writes atomic.Int64 // deadlines that are set, in Unix nanoseconds; 0: none
	ended         atomic.Bool  // nothing more comes from the caller
	lingering     atomic.Bool
	closing       sync.Once
}

// Read implements net.Conn.
func (c *connection) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		c.ended.Store(true)
	}
	return n, err
}

// Write implements net.Conn. What has no deadline of its own gets one for each block.
func (c *connection) Write(p []byte) (written int, err error) {
	if c.writes.Load() != 0 {
		return c.Conn.Write(p)
	}
	defer func() { _ = c.SetWriteDeadline(time.Time{}) }()
	for {
		if err := c.SetWriteDeadline(time.Now().Add(c.stall)); err != nil {
			return written, err
		}
		n, err := c.Conn.Write(p[:min(len(p), writeBlock)])
		written += n
		p = p[n:]
		if err != nil || len(p) == 0 {
			return written, err
		}
	}
}

// SetReadDeadline implements net.Conn.
func (c *connection) SetReadDeadline(t time.Time) error {
	c.reads.Store(nanoseconds(t))
	return c.Conn.SetReadDeadline(t)
}

// SetWriteDeadline implements net.Conn.
func (c *connection) SetWriteDeadline(t time.Time) error {
	c.writes.Store(nanoseconds(t))
	return c.Conn.SetWriteDeadline(t)
}

// SetDeadline implements net.Conn.
func (c *connection) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

func nanoseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// waits is the deadline until which the connection waits for its caller; 0: it does not.
func (c *connection) waits() int64 {
	if write := c.writes.Load(); write != 0 {
		return write
	}
	return c.reads.Load()
}

// waitsBetweenRequests is a hook of http.Server: HTTP/2 sets no deadline while it waits for the next request.
func waitsBetweenRequests(conn net.Conn, state http.ConnState) {
	secure, ok := conn.(interface{ NetConn() net.Conn })
	if !ok {
		return
	}
	c, ok := secure.NetConn().(*connection)
	switch {
	case !ok:
	case state == http.StateIdle:
		c.reads.Store(time.Now().Add(idleTimeout).UnixNano())
	case state == http.StateActive:
		c.reads.Store(0)
	}
}

// CloseWrite ends the answer. net/http calls it before it gives up a caller who may still be sending, and then waits: what is
// sent meanwhile is taken at once, since a caller that writes first reads only then.
func (c *connection) CloseWrite() error {
	if c.lingering.CompareAndSwap(false, true) {
		go c.linger()
	}
	return nil
}

// Close implements net.Conn.
func (c *connection) Close() error {
	if !c.ended.Load() {
		return c.CloseWrite()
	}
	if c.lingering.Load() {
		return nil
	}
	return c.end()
}

// linger closes the connection when the caller has ended, or has had its time.
func (c *connection) linger() {
	defer func() { _ = c.end() }()
	half, ok := c.Conn.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil || c.SetReadDeadline(time.Now().Add(lingerTime)) != nil {
		return
	}
	_, _ = io.CopyN(io.Discard, c.Conn, lingerBytes) // it is not looked at
}

// end closes the connection at once.
func (c *connection) end() error {
	err := net.ErrClosed
	c.closing.Do(func() {
		err = c.Conn.Close()
		c.closed(c)
	})
	return err
}
