package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// silentPath begins the addresses that pass the challenge and never answer anything else.
const silentPath = "/silent"

// An arrival is one webhook that the receiver has got and accepted.
type arrival struct {
	at   time.Time // of its first byte
	body []byte
}

// A receiver gets webhooks on a free port of this process. It parses a request, answers it at once, and does nothing else.
type receiver struct {
	listener net.Listener
	arrivals chan arrival
}

// arrivalsKept is how many arrivals wait to be read before the receiver slows down.
const arrivalsKept = 1 << 16

func newReceiver() (*receiver, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &receiver{listener: listener, arrivals: make(chan arrival, arrivalsKept)}
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return // the receiver was closed
			}
			go func() {
				defer func() { _ = c.Close() }() // all of it was read
				_ = r.serve(c)                   // it ends when the mock closes the connection
			}()
		}
	}()
	return r, nil
}

func (r *receiver) close() { _ = r.listener.Close() }

// url is an address of the receiver.
func (r *receiver) url(path string) string { return "http://" + r.listener.Addr().String() + path }

// serve answers what comes over a connection.
func (r *receiver) serve(c net.Conn) error {
	reader := bufio.NewReader(c)
	for {
		if _, err := reader.Peek(1); err != nil {
			return err
		}
		at := time.Now()
		request, err := http.ReadRequest(reader)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return err
		}
		var answered []byte
		switch {
		case bytes.HasPrefix(body, []byte(`{"type":"verification"`)):
			answered = body // it has the challenge
		case strings.HasPrefix(request.URL.Path, silentPath):
			_, err := reader.Peek(1) // until the mock gives up
			return err
		default:
			r.arrivals <- arrival{at, body}
		}
		if _, err := fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(answered), answered); err != nil {
			return err
		}
	}
}

var errNoArrival = errors.New("webhooks have not arrived in time")

// wait waits for a number of arrivals.
func (r *receiver) wait(n int) ([]arrival, error) {
	all := make([]arrival, 0, n)
	timeout := time.NewTimer(time.Minute)
	defer timeout.Stop()
	for len(all) < n {
		select {
		case a := <-r.arrivals:
			all = append(all, a)
		case <-timeout.C:
			return nil, fmt.Errorf("%w: %d of %d", errNoArrival, len(all), n)
		}
	}
	return all, nil
}

// An endpoint is what the control API takes for a receiver's address.
type endpoint struct {
	URL    string   `json:"url"`
	Events []string `json:"events"`
	Late   string   `json:"late,omitempty"`
}

// register makes addresses the endpoints of the mock's default workspace, for updates of messages' statuses.
func register(s *server, late string, urls ...string) error {
	list := make([]endpoint, len(urls))
	for i, u := range urls {
		list[i] = endpoint{u, []string{"message.status.updated"}, late}
	}
	body, err := json.Marshal(map[string]any{"endpoints": list})
	if err != nil {
		return err
	}
	_, err = fetch(s.addr, control("PUT", "/webhooks", body))
	return err
}
