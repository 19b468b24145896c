package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Terms are what a workspace was given when it was created.
type Terms struct {
	Quota   Quota     `json:"quota,omitzero"`
	Expires time.Time `json:"expires_at,omitzero"` // by the workspace's clock; zero: never
}

// A Quota bounds what a workspace may hold and do; 0 is no bound.
type Quota struct {
	Conversations  int   `json:"conversations,omitempty"`
	Events         int   `json:"events,omitempty"`
	RequestsPerDay int   `json:"requests_per_day,omitempty"`
	Endpoints      int   `json:"endpoints,omitempty"`
	Bytes          int64 `json:"bytes,omitempty"`
}

// Text is how terms are kept; "": there are none.
func (t Terms) Text() string {
	if t == (Terms{}) {
		return ""
	}
	text, _ := json.Marshal(t) // it has nothing that could fail
	return string(text)
}

func parseTerms(text string) (t Terms, err error) {
	if text == "" {
		return t, nil
	}
	if err = json.Unmarshal([]byte(text), &t); err != nil {
		err = fmt.Errorf("the terms cannot be read: %w", err)
	}
	return t, err
}

// Usage is how many requests a workspace has sent in a day, which is a number of days since 1970. With another day than before, they begin
// with nothing.
type Usage struct {
	Day   int64
	Add   int // may be negative: what was taken and not used
	Total int // after it; the database fills it in
}

// Use adds requests to those of a workspace's day, and gives how many they are now. It is durable when Use returns.
func (s *Store) Use(ctx context.Context, workspace string, day int64, add int) (total int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	u := &Usage{Day: day, Add: add, Total: -1}
	s.mu.Lock()
	durable, err := s.enqueue(&Write{Workspace: workspace, Usage: u})
	s.mu.Unlock()
	if err != nil {
		return 0, err
	}
	if err := <-durable; err != nil {
		return 0, err
	}
	if u.Total < 0 { // the connection was lost after the write was kept
		return 0, ErrUnsure
	}
	return u.Total, nil
}
