package mocktest

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"example.com/awalmock/mockserver/adminapi"
)

// A Change is one thing that has changed in a workspace. One of the kind resync says that changes are missing before it.
type Change struct {
	ID string // what Changes goes on after; "" of resync
	adminapi.Change
}

// Changes is what changes in the workspace from now on; or after the change of an id.
func (w Workspace) Changes(ctx context.Context, after string) (*Stream[Change], error) {
	return openStream(ctx, w.mock, w.call(http.MethodGet, "/changes/stream"), after, func(id string, c adminapi.Change) Change { return Change{id, c} })
}

// A Stream is values as they come. It ends with its context, and when it is closed.
type Stream[T any] struct {
	body  io.ReadCloser
	lines *bufio.Reader
	value func(id, data string) (T, error)
}

func openStream[Wire, T any](ctx context.Context, m *Mock, c call, after string, made func(id string, w Wire) T) (*Stream[T], error) {
	c.header = http.Header{"Accept": {"text/event-stream"}}
	if after != "" {
		c.header.Set("Last-Event-ID", after)
	}
	response, err := m.send(ctx, c) //nolint:bodyclose // Stream.Close does
	if err != nil {
		return nil, err
	}
	return &Stream[T]{response.Body, bufio.NewReader(response.Body), func(id, data string) (T, error) {
		var wire Wire
		err := json.Unmarshal([]byte(data), &wire)
		return made(id, wire), err
	}}, nil
}

// Next waits for the next value. The error is io.EOF when the mock has ended the stream.
func (s *Stream[T]) Next() (value T, err error) {
	var id, data string
	for {
		line, err := s.lines.ReadString('\n')
		if err != nil {
			if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) && line != "" {
				err = io.ErrUnexpectedEOF
			}
			return value, err
		}
		name, text, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		text = strings.TrimPrefix(text, " ")
		switch name {
		case "id":
			id = text
		case "data":
			data = text // the mock sends one line
		case "":
			if line == "\n" && data != "" {
				return s.value(id, data)
			}
		}
	}
}

// Close ends the stream.
func (s *Stream[T]) Close() error { return s.body.Close() }
