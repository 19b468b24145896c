package engine

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"example.com/awalmock/mockserver/internal/spec"
)

const jsonType = "application/json; charset=utf-8"

// A Reply is an answer that has not been written yet.
type Reply struct {
	Status int // 0: 200
	Header http.Header
	// ContentType is "" for JSON, under the name that the document gives it.
	ContentType string
	Body        []byte
	// Stream writes the body piece by piece instead of Body; small pieces are gathered.
	Stream func(io.Writer) error
}

// write is the only place that writes an answer. An answer that broke off in the middle is an error.
func (e *Engine) write(x *Exchange, reply *Reply) error {
	x.Status = reply.Status
	if x.Status == 0 {
		x.Status = http.StatusOK
	}
	h := x.w.Header()
	for name, values := range reply.Header {
		h[name] = values
	}
	var response *spec.Response // as the document has it; nil: it has none
	if x.Operation != nil {
		response = x.Operation.Response(x.Status)
	}
	e.addHeaders(x, response)
	if reply.Body == nil && reply.Stream == nil || !hasBody(x.Status) {
		e.record(x, nil, true, 0)
		x.w.WriteHeader(x.Status)
		return nil
	}
	h["Content-Type"] = contentTypes(response, reply.ContentType)
	block := blocks.Get().(*blockWriter) //nolint:forcetypeassert // the pool holds nothing else
	defer block.release()
	block.x, block.e = x, e
	if reply.Stream == nil {
		block.whole(reply.Body, true)
		return nil
	}
	err := reply.Stream(block)
	switch {
	case err == nil:
		block.finish()
	case !block.started:
		e.record(x, nil, true, 0)
	}
	if block.started {
		x.Duration = e.Now().Sub(x.Started)
	}
	if err != nil {
		x.makeSpecial().broken = true
	}
	return err
}

// hasBody reports whether an answer of the status may have a body (RFC 9110, section 6.4.1).
func hasBody(status int) bool {
	return status >= http.StatusOK && status != http.StatusNoContent && status != http.StatusNotModified
}

// A Journal keeps what was asked and answered.
type Journal interface {
	// Record gets each exchange once, right before its answer leaves: a caller that has the answer finds it recorded. body is
	// the answer's body, or its beginning; lasts reports whether it stays as it is: if not, the next answer overwrites it. size is the
	// length of the whole body in bytes, -1 when it is not known yet.
	Record(x *Exchange, body []byte, lasts bool, size int64)
	// Ended gets the length of an answer that was not known when it was recorded, right before the last of it leaves.
	Ended(x *Exchange, size int64)
}

// record hands an answer whose head is complete to the journal: nothing changes it from here on.
func (e *Engine) record(x *Exchange, body []byte, lasts bool, size int64) {
	x.Duration = e.Now().Sub(x.Started)
	if e.Journal != nil {
		e.Journal.Record(x, body, lasts, size)
	}
}

var jsonTypes = []string{jsonType}

// contentTypes are the values of Content-Type: t, or "" for JSON, under the name that the response gives it.
func contentTypes(response *spec.Response, t string) []string {
	if t != "" {
		return []string{t}
	}
	if response != nil {
		if media := response.JSON(); media != nil && media.ContentType != jsonType {
			return []string{media.ContentType}
		}
	}
	return jsonTypes
}

const blockSize = 32 << 10

// blocks is a pool of buffers, nothing of which outlives a request.
var blocks = sync.Pool{New: func() any { return &blockWriter{buf: make([]byte, 0, blockSize)} }}

// A blockWriter gathers what is written to it into blocks. An answer that fits one block gets a Content-Length and goes
// out in one write.
type blockWriter struct {
	x       *Exchange
	e       *Engine
	buf     []byte
	started bool
}

func (b *blockWriter) Write(p []byte) (int, error) {
	if len(b.buf)+len(p) > blockSize {
		if err := b.flush(); err != nil {
			return 0, err
		}
		if len(p) > blockSize {
			return b.send(p)
		}
	}
	b.buf = append(b.buf, p...)
	return len(p), nil
}

func (b *blockWriter) flush() error {
	_, err := b.send(b.buf)
	b.buf = b.buf[:0]
	return err
}

// send writes a part of an answer whose length is not known.
func (b *blockWriter) send(p []byte) (int, error) {
	if !b.started {
		b.started = true
		b.e.record(b.x, p, false, -1)
		b.x.w.WriteHeader(b.x.Status)
	}
	return b.pace(p)
}

// pace writes block by block. A caller that takes nothing of a block for ReadStall is given up. The last deadline stays for
// what net/http still holds back: it takes it away when the request is finished.
func (b *blockWriter) pace(p []byte) (written int, err error) {
	control := http.NewResponseController(b.x.w)
	for len(p) > 0 && err == nil {
		_ = control.SetWriteDeadline(time.Now().Add(b.e.ReadStall)) // the real clock, not Options.Now
		var n int
		n, err = b.x.w.Write(p[:min(len(p), blockSize)])
		p = p[n:]
		written += n
	}
	b.x.Sent += int64(written)
	return written, err
}

// Flush sends what has been gathered at once: an answer that has no end of its own cannot wait for a full block.
func (b *blockWriter) Flush() error {
	if err := b.flush(); err != nil {
		return err
	}
	control := http.NewResponseController(b.x.w)
	err := control.Flush()
	_ = control.SetWriteDeadline(time.Time{}) // between two blocks there is nothing to wait for; HTTP/2 would end the stream
	return err
}

func (b *blockWriter) finish() {
	if b.started {
		if b.e.Journal != nil {
			b.e.Journal.Ended(b.x, b.x.Sent+int64(len(b.buf)))
		}
		_ = b.flush() // the caller may have gone, and needs no answer
		return
	}
	b.whole(b.buf, false)
}

// whole writes an answer that is there in one piece.
func (b *blockWriter) whole(body []byte, lasts bool) {
	b.x.w.Header()["Content-Length"] = []string{strconv.Itoa(len(body))}
	b.e.record(b.x, body, lasts, int64(len(body)))
	b.x.w.WriteHeader(b.x.Status)
	_, _ = b.pace(body) // the caller may have gone, and needs no answer
}

func (b *blockWriter) release() {
	*b = blockWriter{buf: b.buf[:0]}
	blocks.Put(b)
}

// gathered is the reply's whole body in memory.
func (r *Reply) gathered() ([]byte, error) {
	if r.Stream == nil {
		return r.Body, nil
	}
	var all bytes.Buffer
	err := r.Stream(&all)
	return all.Bytes(), err
}
