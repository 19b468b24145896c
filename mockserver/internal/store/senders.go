package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"
)

// A SenderDatabase says which of several mocks sends the webhooks of a workspace, and lets the others ask it.
type SenderDatabase interface {
	// Claim makes this mock the sender of a workspace for a time, unless another one is; owner is that one, "" when it is this one.
	Claim(ctx context.Context, workspace string, lasts time.Duration) (owner string, err error)
	// Renew claims again the workspaces of this mock, and gives those that are still its own.
	Renew(ctx context.Context, workspaces []string, lasts time.Duration) (own []string, err error)
	// Unclaimed are workspaces that have webhooks, need a sender and have none, some at a time, in any order.
	Unclaimed(ctx context.Context, most int) ([]string, error)
	// Rest gives a workspace up that this mock sends. It needs no sender until it has another newest event than head, or so long from now (zero:
	// that never comes), or a mock claims it because it is asked.
	Rest(ctx context.Context, workspace string, head int64, until time.Duration) error
	// Call gives a request to a mock, and waits for its answer.
	Call(ctx context.Context, to, id string, request []byte) (answer []byte, err error)
	// Calls takes the requests to this mock that are not taken yet, by id; Answer answers one.
	Calls(ctx context.Context) (map[string][]byte, error)
	Answer(ctx context.Context, id string, answer []byte) error
	// Relay leaves a message about a workspace for each other mock that is there, or was an hour ago.
	Relay(ctx context.Context, workspace string, message []byte) error
	// Relayed gives the messages for this mock, in the order in which they were left, and removes those that it has had.
	Relayed(ctx context.Context, had []int64) ([]Message, error)
}

// A Message is what another mock has said about a workspace; encrypted.
type Message struct {
	ID        int64
	Workspace string
	Text      []byte
}

// Claim makes this mock the sender of a workspace's webhooks for a time, unless another one is: owner, "" when it is this one.
func (s *Store) Claim(ctx context.Context, workspace string, lasts time.Duration) (owner string, err error) {
	if err := s.away(); err != nil {
		return "", err
	}
	return s.shared.Claim(ctx, workspace, lasts)
}

// Renew claims again the workspaces of this mock, and gives those that are still its own.
func (s *Store) Renew(ctx context.Context, workspaces []string, lasts time.Duration) (own []string, err error) {
	return s.shared.Renew(ctx, workspaces, lasts)
}

// Unclaimed are workspaces that have webhooks, need a sender and have none, at most so many, in any order.
func (s *Store) Unclaimed(ctx context.Context, most int) ([]string, error) {
	return s.shared.Unclaimed(ctx, most)
}

// Rest gives a workspace up whose webhooks this mock sends, until its newest event is not head any more, or something is due: due, by the
// machine's clock, or zero.
func (s *Store) Rest(ctx context.Context, workspace string, head int64, due time.Time) error {
	var until time.Duration
	if !due.IsZero() {
		until = max(time.Millisecond, due.Sub(s.Now()))
	}
	return s.shared.Rest(ctx, workspace, head, until)
}

// Call sends a request to another mock on the database, encrypted, and waits for its answer.
func (s *Store) Call(ctx context.Context, to string, request []byte) ([]byte, error) {
	id := rand.Text()
	sealed, err := s.shared.Call(ctx, to, id, s.keys[0].seal(string(request), "request "+id))
	if err != nil {
		return nil, err
	}
	answer, _, err := s.openSealed(sealed, "answer "+id)
	return []byte(answer), err
}

// AnswerCalls answers the requests of other mocks that have come, each by a goroutine of its own. do gives the answer.
func (s *Store) AnswerCalls(ctx context.Context, do func(request []byte) []byte) error {
	calls, err := s.shared.Calls(ctx)
	if err != nil {
		return err
	}
	for id, sealed := range calls {
		request, _, err := s.openSealed(sealed, "request "+id)
		if err != nil {
			return s.otherKey("a request of another mock", err)
		}
		go func() {
			answer := do([]byte(request))
			if err := s.shared.Answer(ctx, id, s.keys[0].seal(string(answer), "answer "+id)); err != nil {
				s.Logger.Warn("a request of another mock was not answered", "reason", err)
			}
		}()
	}
	return nil
}

// Relay gives a message about a workspace to the other mocks on the database, encrypted. Each receives it once.
func (s *Store) Relay(ctx context.Context, workspace string, message []byte) error {
	return s.shared.Relay(ctx, workspace, s.keys[0].seal(string(message), relayPlace(workspace)))
}

func relayPlace(workspace string) string { return fmt.Sprintf("relayed %q", workspace) }

// ReceiveRelayed calls receive with what the other mocks have relayed since it was called before. One goroutine may call it.
func (s *Store) ReceiveRelayed(ctx context.Context, receive func(workspace string, message []byte)) error {
	list, err := s.shared.Relayed(ctx, s.received)
	if err != nil {
		return err
	}
	s.received = s.received[:0]
	for _, m := range list {
		s.received = append(s.received, m.ID)
		text, _, wrong := s.openSealed(m.Text, relayPlace(m.Workspace))
		if wrong != nil {
			err = s.otherKey("what another mock relayed", wrong)
			continue
		}
		receive(m.Workspace, []byte(text))
	}
	return err
}
