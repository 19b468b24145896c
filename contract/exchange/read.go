package exchange

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/url"
	"sync"
)

func (c *Client) number(e *Exchange) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.number == 0 {
		c.numbers++
		e.number = c.numbers
	}
}

// readView reads the view of an answer. A large answer is judged immediately, and only its view is kept.
func (c *Client) readView(e *Exchange) {
	readView(e)
	if e.Size <= bodyKept {
		return
	}
	if e.Size > heavyBody {
		if c.OnExchange != nil {
			c.OnExchange(e)
		}
		e.judged = true
		e.Content = e.Content.skeleton()
	}
	light := e.light()
	switch {
	case e.List != nil:
		e.List.From = light
	case e.Thread != nil:
		e.Thread.From = light
	case e.StatusList != nil:
		e.StatusList.From = light
	}
}

// read reads a body, up to --max-body. The caller calls release when it has judged the answer: large answers are read one at a time, and the time for the
// answer does not run while it waits for another one.
func (c *Client) read(ctx context.Context, e *Exchange, body io.Reader, answerTime *answerTime) (release func()) {
	release = func() {}
	raw, err := io.ReadAll(io.LimitReader(body, heavyBody+1))
	if err == nil && (len(raw) > heavyBody || e.Coding() == "gzip" && len(raw) > heavyBody/64) {
		answerTime.pause()
		select {
		case c.heavy <- struct{}{}:
			release = sync.OnceFunc(func() { <-c.heavy })
			answerTime.resume()
		case <-ctx.Done():
			e.Err = ErrLate
			return release
		}
		raw, err = readOn(raw, body, c.MaxBody)
	}
	e.Body, e.Size = raw, len(raw)
	switch {
	case len(raw) > c.MaxBody:
		c.cut(e, fmt.Errorf("the answer is longer than %d MiB (--max-body); the rest was not read", c.MaxBody>>20))
		return release
	case errors.Is(err, io.ErrUnexpectedEOF):
		e.Cut = true
		e.Err = fmt.Errorf("the connection ended after %d bytes of the body", len(raw))
		return release
	case err != nil:
		e.Err = answerTime.errorOf(err)
		return release
	}
	if e.Coding() == "gzip" {
		if e.Body, err = unzip(raw, c.MaxBody); err != nil {
			e.Fatal = "Content-Encoding says gzip, but the body is not: " + err.Error()
			return release
		}
		if len(e.Body) > c.MaxBody {
			c.cut(e, fmt.Errorf("the answer of %d bytes is longer than %d MiB (--max-body) once it is unzipped; the rest was not read", len(raw), c.MaxBody>>20))
			return release
		}
	}
	c.decode(e)
	return release
}

// readOn reads the rest of a body, up to one byte more than the bound.
func readOn(begun []byte, body io.Reader, most int) ([]byte, error) {
	var out bytes.Buffer
	out.Grow(4 * len(begun))
	out.Write(begun)
	_, err := io.Copy(&out, io.LimitReader(body, int64(most+1-len(begun))))
	return out.Bytes(), err
}

// cut records that an answer was not read to its end.
func (c *Client) cut(e *Exchange, err error) {
	e.TooLarge, e.Err = true, err
	e.Body = bytes.Clone(e.Body[:min(len(e.Body), bodyShown)])
}

func (c *Client) decode(e *Exchange) {
	text := string(e.Body)
	if clean := c.mask(e, text); clean != text {
		e.Body = []byte(clean)
	}
	e.Sum, e.Size = sha256.Sum256(e.Body), len(e.Body)
	c.mu.Lock()
	e.Content = c.contents[e.Sum]
	c.mu.Unlock()
	if e.Content != nil || len(bytes.TrimSpace(e.Body)) == 0 {
		return
	}
	made := &Content{}
	var err error
	if made.Value, made.Problems, err = Decode(e.Body); err != nil {
		c.cut(e, fmt.Errorf("the answer was not judged: %w", err))
		return
	}
	e.Content = made
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cached+len(e.Body) <= maxContentBytes {
		c.cached += len(e.Body)
		c.contents[e.Sum] = made
	}
}

func unzip(raw []byte, most int) ([]byte, error) {
	reader, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return raw, err
	}
	return io.ReadAll(io.LimitReader(reader, int64(most+1)))
}

// ErrLate is a clearer text than "context deadline exceeded".
var ErrLate = errors.New("no whole answer in time")

// plainError leaves out the method and URL that net/http puts before every error.
func plainError(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return ErrLate
	}
	if outer, ok := errors.AsType[*url.Error](err); ok && outer.Err.Error() != "" {
		return outer.Err
	}
	return err
}
