package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"example.com/awalmock/mockserver/internal/signature"
)

const (
	answerLimit       = 64 << 10 // bytes of an answer that are read
	longestRetryAfter = 24 * time.Hour
)

// A request is one attempt to send a body.
type request struct {
	ctx     context.Context //nolint:containedctx // of the endpoint
	to      *url.URL
	id      string
	body    []byte
	keys    []*signature.Key
	trouble Trouble
	first   bool // it is the first attempt
	keep    bool // the result has the answer's body
}

// A result is the result of an attempt.
type result struct {
	status     int    // 0: there was no answer
	failure    string // "": the receiver has accepted it
	retryAfter time.Duration
	took       time.Duration
	answer     []byte
}

// post sends a request. Anything but a 2xx in time is a failure; an answer is read up to answerLimit bytes.
func (s *Sender) post(r *request) result {
	began := s.Now()
	ctx, cancel := context.WithTimeout(r.ctx, s.Timeout+r.trouble.Slow)
	defer cancel()
	answer := s.exchange(ctx, r)
	answer.took = s.Now().Sub(began)
	return answer
}

func (s *Sender) exchange(ctx context.Context, r *request) result {
	transport := s.secure
	if r.to.Scheme == "http" {
		transport = s.plain
	}
	response, err := transport.RoundTrip(s.httpRequest(ctx, r))
	if err != nil {
		return result{failure: s.describe(err)}
	}
	defer response.Body.Close()
	got := result{status: response.StatusCode, retryAfter: retryAfter(response.Header.Get("Retry-After"), s.Now())}
	limited := io.LimitReader(response.Body, answerLimit)
	if r.keep {
		got.answer, err = io.ReadAll(limited)
	} else {
		_, err = io.Copy(io.Discard, limited)
	}
	switch {
	case got.status >= 300 && got.status < 400:
		got.failure = fmt.Sprintf("answered %d: redirects are not followed", got.status)
	case got.status < 200 || got.status > 299:
		got.failure = fmt.Sprintf("answered %d", got.status)
	case err != nil:
		got.failure = "the answer broke off: " + s.describe(err)
	}
	return got
}

func (s *Sender) httpRequest(ctx context.Context, r *request) *http.Request {
	at := s.Now()
	if r.trouble.OldTimestamp {
		at = at.Add(-oldBy)
	}
	header := s.Signature.headers(message{target: r.to.RequestURI(), id: r.id, at: at, body: r.body}, r.keys)
	header["User-Agent"] = []string{s.UserAgent}
	r.trouble.spoilHeaders(header)
	body := r.trouble.spoilBody(r.body)
	sent := &http.Request{
		Method: http.MethodPost, URL: r.to, Host: r.to.Host, Header: header, ContentLength: int64(len(body)),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	if r.trouble.Slow > 0 || r.trouble.Cut && r.first {
		sent.Body = r.trouble.body(ctx, body, r.first)
		return sent.WithContext(ctx)
	}
	// A connection that the receiver has just closed is not a failed attempt: the transport asks for the body again.
	sent.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	sent.Body = io.NopCloser(bytes.NewReader(body))
	return sent.WithContext(ctx)
}

// retryAfter reads the header Retry-After: seconds, or a date in real time; at most a day.
func retryAfter(text string, now time.Time) time.Duration {
	seconds, err := strconv.ParseInt(strings.TrimSpace(text), 10, 32)
	wait := time.Duration(seconds) * time.Second
	if err != nil {
		at, err := http.ParseTime(text)
		if err != nil {
			return 0
		}
		wait = at.Sub(now)
	}
	return min(max(wait, 0), longestRetryAfter)
}

// describe says in a few words why there was no answer.
func (s *Sender) describe(err error) string {
	var (
		network     net.Error
		name        *net.DNSError
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
	)
	if e, ok := refused(err); ok {
		return e.Error()
	}
	switch {
	case errors.Is(err, errCut):
		return errCut.Error()
	case errors.As(err, &network) && network.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("timed out: no whole answer within %v", s.Timeout)
	case errors.Is(err, context.Canceled):
		return "the mock has stopped"
	case errors.As(err, &name):
		return "the name " + name.Name + " cannot be resolved"
	case errors.As(err, &certificate):
		return "the receiver's certificate is not trusted: " + certificate.Err.Error()
	case errors.As(err, &record):
		return "the receiver does not speak https"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection was refused: nothing listens there"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the receiver closed the connection"
	}
	return err.Error()
}
