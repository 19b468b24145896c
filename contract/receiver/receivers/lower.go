package receivers

import (
	"bytes"
	"net"
)

// caseSensitive makes a server that looks for the signature under one spelling of its name only: net/http cannot, so the bytes are changed
// before it reads them.
func caseSensitive(l net.Listener) net.Listener { return &caseListener{l} }

type caseListener struct{ net.Listener }

// Accept implements net.Listener.
func (l *caseListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &caseConn{conn}, nil
}

type caseConn struct{ net.Conn }

// Read implements net.Conn. The head of a small request comes in one piece.
func (c *caseConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if i := bytes.Index(p[:n], []byte("\r\nx-awal-signature-256:")); i >= 0 {
		copy(p[i+2:], "x-lost")
	}
	return n, err
}
