package mocktest

import (
	"io/fs"

	"example.com/awalmock/mockserver/server"
)

// UseSpec serves another OpenAPI document from now on; name is its file's, for messages. The state stays. After an error
// everything is as it was. Requests in flight are answered as they began.
func (m *Mock) UseSpec(name string, document []byte) error {
	return m.change(func(s *server.Server) (*server.Server, error) { return s.WithDocument(document, name) })
}

// UseFixtures begins anew with other fixtures: a reset of everything but the journal, in which workspaces that were created
// at run time go. After an error everything is as it was. Requests in flight are answered as they began.
func (m *Mock) UseFixtures(dir fs.FS) error {
	return m.change(func(s *server.Server) (*server.Server, error) { return s.WithFixtures(dir) })
}

func (m *Mock) change(to func(*server.Server) (*server.Server, error)) error {
	m.changing.Lock()
	defer m.changing.Unlock()
	next, err := to(m.Server())
	if err == nil {
		m.current.Store(next)
	}
	return err
}
