package control

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sandbox"
)

// changed is a sandbox.Change as a reader sees it.
type changed struct {
	Kind         sandbox.ChangeKind    `json:"kind"`
	At           time.Time             `json:"at"`
	Conversation int64                 `json:"conversation_id,omitempty"`
	Message      int64                 `json:"message_id,omitempty"`
	Status       sandbox.MessageStatus `json:"status,omitempty"`
}

// streamChanges answers GET /changes/stream.
func (a *api) streamChanges(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	s := &changeStream{api: a, watcher: w.Watch(), gone: c.HTTP.Context().Done()}
	return events(s.write), nil
}

// A changeStream is one reader of what changes in a workspace.
type changeStream struct {
	*api
	watcher *sandbox.Watcher
	gone    <-chan struct{}
}

func (s *changeStream) write(w io.Writer) error {
	if err := send(w, []byte(": what changes\n\n")); err != nil {
		return err
	}
	for {
		news := s.watcher.Next()
		if news.Gone {
			return nil
		}
		if len(news.Changes) > 0 {
			if err := tellChanges(w, news.Changes); err != nil {
				return err
			}
			continue
		}
		if ended, err := s.wait(w, news); ended || err != nil {
			return err
		}
	}
}

// wait waits for something to tell; meanwhile it shows that the stream is alive.
func (s *changeStream) wait(w io.Writer, news sandbox.News) (ended bool, err error) {
	timer := time.NewTimer(s.until(news.Due))
	defer timer.Stop()
	select {
	case <-news.More:
	case <-timer.C:
		return false, send(w, []byte(":\n\n"))
	case <-s.gone:
		return true, nil
	case <-s.Closed:
		return true, nil
	}
	return false, nil
}

// until is how long to wait for what time brings, and no longer than a beat.
func (s *changeStream) until(due time.Time) time.Duration {
	if due.IsZero() {
		return beat
	}
	return min(beat, due.Sub(s.Now()))
}

func tellChanges(w io.Writer, changes []sandbox.Change) error {
	var text bytes.Buffer
	for _, c := range changes {
		data, err := json.Marshal(changed{c.Kind, c.At, c.Conversation, c.Message, c.Status})
		if err != nil {
			return err
		}
		fmt.Fprintf(&text, "event: change\ndata: %s\n\n", data)
	}
	return send(w, text.Bytes())
}
