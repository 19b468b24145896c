package mocktest

import "io/fs"

// UseSpec serves another OpenAPI document from now on; name is its file's, for messages. The state stays. After an error
// everything is as it was. Requests in flight are answered as they began.
func (m *Mock) UseSpec(name string, document []byte) error {
	return m.server.UseDocument(document, name)
}

// UseFixtures starts again with other fixtures: a reset of everything but the journal, in which workspaces that were created
// at run time go. After an error everything is as it was. Requests in flight are answered as they began.
func (m *Mock) UseFixtures(dir fs.FS) error { return m.server.UseFixtures(dir) }
