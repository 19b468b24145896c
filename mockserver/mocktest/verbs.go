package mocktest

import (
	"context"
	"io"
	"time"

	"example.com/awalmock/mockserver/adminapi"
)

// What most tests need, without a context. Workspace and Journal have the rest.

// Advance moves the default workspace's clock on; what becomes due happens in the order of time.
func (m *Mock) Advance(d time.Duration) error {
	_, err := m.Workspace("").Advance(context.Background(), d)
	return err
}

// Receive is a text message from the customer of a conversation of the default workspace; it gives the message's id.
func (m *Mock) Receive(conversation int64, text string) (int64, error) {
	message, err := m.Workspace("").Receive(context.Background(), conversation, adminapi.NewMessage{Content: text})
	return message.ID, err
}

// Fault sets the faults of the default workspace in the place of those that it has; none removes all.
func (m *Mock) Fault(rules ...FaultRule) error {
	_, err := m.Workspace("").SetFaults(context.Background(), rules...)
	return err
}

// Requests are the exchanges of all workspaces that the journal still has, oldest first.
func (m *Mock) Requests() ([]Request, error) { return m.Journal().Requests(context.Background()) }

// Reset brings every workspace back to its fixture: state, clock, faults and rate windows. The journal stays.
func (m *Mock) Reset() error { return m.server.Reset(context.Background()) }

// Events writes a workspace ("": the default one) as its list of events.
func (m *Mock) Events(workspace string, to io.Writer) error {
	return m.Workspace(workspace).Events(context.Background(), to)
}

// PutEvents makes a workspace what a list of events says; the list names it. After an error nothing has changed.
func (m *Mock) PutEvents(from io.Reader) error {
	_, err := m.Workspace("").PutEvents(context.Background(), from)
	return err
}
