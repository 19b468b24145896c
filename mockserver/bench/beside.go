package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// beside measures what the large reads of a hundred thousand conversations cost those who ask for something else meanwhile.
// Server and client share all cores: on one core, Go lets a request wait for its turn for up to 10 ms, whichever of them works.
func (b *bench) beside(ctx context.Context) error {
	b.free = true
	defer func() { b.free = false }()
	s, err := b.serveWorkspace(ctx, many)
	if err != nil {
		return err
	}
	defer s.stop()
	poll := signed("GET", "/fetch-message-status-app?phone_number_id="+number, nil)
	few := list("", "zzzz")
	if _, err := fetch(s.addr, few); err != nil {
		return err
	}
	alone, err := b.delays(ctx, s, few)
	if err != nil {
		return err
	}
	before, err := s.memory("VmHWM")
	if err != nil {
		return err
	}
	first, err := b.ask(ctx, job{Addr: s.addr, FirstByte: true, Requests: [][]byte{poll, poll, poll, poll, poll}})
	if err != nil {
		return err
	}
	polled, err := b.whileRunning(ctx, s, few, poll)
	if err != nil {
		return err
	}
	after, err := s.memory("VmHWM")
	if err != nil {
		return err
	}
	reset, err := b.whileRunning(ctx, s, few, control("POST", "/reset", nil))
	if err != nil {
		return err
	}
	b.table(fmt.Sprintf("Beside large reads, %d conversations, all cores: how long a list with no rows takes until its first byte", many),
		[]string{"meanwhile", "median", "99 of 100", "slowest"},
		append([]string{"nothing"}, alone...), append([]string{"the list of message statuses"}, polled...), append([]string{"a reset"}, reset...))
	b.table("The list of message statuses", []string{"until the first byte (median of 5)", "memory that it adds (highest)"},
		[]string{ms(median(first.FirstByte)), fmt.Sprintf("%.0f MB", after-before)})
	return b.watchers(s)
}

// control is a request of the control API; body is JSON, nil for none.
func control(method, path string, body []byte) []byte {
	contentType := ""
	if body != nil {
		contentType = "Content-Type: application/json\r\n"
	}
	return fmt.Appendf(nil, "%s /__admin%s HTTP/1.1\r\nHost: localhost\r\n%sContent-Length: %d\r\n\r\n%s", method, path, contentType, len(body), body)
}

// delays are the delays of requests, one after another: median, 99 of 100, slowest.
func (b *bench) delays(ctx context.Context, s *server, request []byte) ([]string, error) {
	j := job{Addr: s.addr, FirstByte: true}
	for range 500 {
		j.Requests = append(j.Requests, request)
	}
	r, err := b.ask(ctx, j)
	if err != nil {
		return nil, err
	}
	return spread(r.FirstByte), nil
}

// whileRunning are the delays of a request while another one is asked for again and again.
func (b *bench) whileRunning(ctx context.Context, s *server, request, other []byte) ([]string, error) {
	running, stop := context.WithCancel(ctx)
	failed := make(chan error, 1)
	go func() { failed <- again(running, s.addr, other) }()
	delays, err := b.delays(ctx, s, request)
	stop()
	if otherErr := <-failed; err == nil {
		err = otherErr
	}
	return delays, err
}

// again sends a request again and again, and reads what comes back.
func again(ctx context.Context, addr string, request []byte) error {
	for ctx.Err() == nil {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			return err
		}
		if _, err = c.Write(request); err == nil {
			err = discard(ctx, c)
		}
		_ = c.Close() // what is left of an answer is of no interest
		if err != nil {
			return err
		}
	}
	return nil
}

// discard reads an answer to its end, or until the measurement is over.
func discard(ctx context.Context, c net.Conn) error {
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Now()) })
	defer stop()
	reader := bufio.NewReader(c)
	status, err := reader.ReadString('\n')
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		return err
	case !strings.HasPrefix(status, "HTTP/1.1 2"):
		return fmt.Errorf("%w: %s", errNotOK, status)
	case strings.HasPrefix(status, "HTTP/1.1 204"):
		return nil
	}
	// The last chunk of a list that is sent piece by piece is "0".
	for {
		line, err := reader.ReadSlice('\n')
		if ctx.Err() != nil || err == io.EOF || err == nil && string(line) == "0\r\n" {
			return nil
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

// watchers are what readers of the changes cost.
func (b *bench) watchers(s *server) error {
	const readers = 50
	opened := make([]float64, 0, readers)
	var first, last float64
	for i := range readers + 1 {
		began := time.Now()
		c, err := net.Dial("tcp", s.addr)
		if err != nil {
			return err
		}
		defer func() { _ = c.Close() }()
		if _, err := c.Write(control("GET", "/changes/stream", nil)); err != nil {
			return err
		}
		if _, err := bufio.NewReader(c).ReadString('\n'); err != nil {
			return err
		}
		took := float64(time.Since(began).Nanoseconds()) / 1e6
		if last, err = s.memory("VmRSS"); err != nil {
			return err
		}
		if i == 0 {
			first = last
			b.printf("\nThe first reader of the changes: open after %s\n", ms(took))
			continue
		}
		opened = append(opened, took)
	}
	b.table(fmt.Sprintf("%d further readers of the changes", readers), []string{"open after (median)", "slowest", "memory of each"},
		[]string{ms(median(opened)), ms(quantile(opened, 1)), fmt.Sprintf("%.0f KiB", (last-first)*1e6/1024/readers)})
	return nil
}
