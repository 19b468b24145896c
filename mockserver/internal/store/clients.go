package store

import (
	"context"
	"fmt"
	"time"
)

// A Client is who may use a workspace, as far as the fixtures do not say it.
type Client struct {
	Workspace string
	ID        string
	// Number is the sending number of a workspace that was created at run time; "": the workspace is one of the fixtures.
	Number  string
	Created time.Time // of such a workspace; zero otherwise
	Terms   Terms     // of such a workspace
	// Secrets are the first one that it had, and those that are accepted, the newest first.
	Secrets []Secret
}

// A Secret is accepted until an instant of the workspace's clock; zero: it has no end.
type Secret struct {
	Text  string
	Until time.Time
}

// A SealedClient is a Client with encrypted secrets.
type SealedClient struct {
	Workspace, ID, Number string
	Created               time.Time
	Terms                 Terms
	Secrets               []SealedSecret
}

// A SealedSecret is a Secret that was encrypted.
type SealedSecret struct {
	Sealed []byte
	Until  time.Time
}

// KeepClient keeps a client in the place of the one that its workspace has. It is durable when KeepClient returns.
func (s *Store) KeepClient(ctx context.Context, c Client) error { return s.keepClient(ctx, c, false) }

// AddClient keeps the client of a new workspace. sandbox.ErrConflict says that another mock has made a workspace of that name.
func (s *Store) AddClient(ctx context.Context, c Client) error { return s.keepClient(ctx, c, true) }

func (s *Store) keepClient(ctx context.Context, c Client, isNew bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	sealed := &SealedClient{Workspace: c.Workspace, ID: c.ID, Number: c.Number, Created: c.Created, Terms: c.Terms}
	for i, secret := range c.Secrets {
		sealed.Secrets = append(sealed.Secrets, SealedSecret{s.keys[0].seal(secret.Text, place(c.Workspace, c.ID, i)), secret.Until})
	}
	s.mu.Lock()
	durable, err := s.enqueue(&Write{Workspace: c.Workspace, Client: sealed, NewClient: isNew})
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return <-durable
}

// Clients are those that the store had when it was opened, or listed, by workspace.
func (s *Store) Clients() map[string]Client {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clients
}

// List reads the workspaces and clients that the store has now.
func (s *Store) List(ctx context.Context) (map[string]Client, error) {
	entries, err := s.Database.Entries(ctx)
	if err != nil {
		return nil, err
	}
	sealed, err := s.Database.Clients(ctx)
	if err != nil {
		return nil, err
	}
	clients, _, err := s.openClients(sealed)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clients, s.entries = clients, make(map[string]Entry, len(entries))
	for _, e := range entries {
		s.entries[e.Workspace] = e
	}
	for workspace, head := range s.written {
		if _, there := s.entries[workspace]; !there && s.heads[workspace] == head && s.turns[workspace] == nil { // another mock has removed it
			delete(s.written, workspace)
			delete(s.heads, workspace)
		}
	}
	return clients, nil
}

// place is where a secret belongs: encrypted, it fits nowhere else.
func place(workspace, client string, n int) string {
	return fmt.Sprintf("%q %q %d", workspace, client, n)
}

// openClients decrypts clients. stale are those with a secret that an older key has encrypted.
func (s *Store) openClients(sealed []SealedClient) (clients map[string]Client, stale []Client, err error) {
	clients = make(map[string]Client, len(sealed))
	for _, c := range sealed {
		opened, old, err := s.openClient(c)
		if err != nil {
			return nil, nil, s.otherKey("the secret of workspace "+c.Workspace, err)
		}
		if clients[c.Workspace] = opened; old {
			stale = append(stale, opened)
		}
	}
	return clients, stale, nil
}

func (s *Store) openClient(c SealedClient) (opened Client, old bool, err error) {
	opened = Client{Workspace: c.Workspace, ID: c.ID, Number: c.Number, Created: c.Created, Terms: c.Terms}
	for i, secret := range c.Secrets {
		text, isOld, err := s.openSealed(secret.Sealed, place(c.Workspace, c.ID, i))
		if err != nil {
			return opened, false, err
		}
		old = old || isOld
		opened.Secrets = append(opened.Secrets, Secret{text, secret.Until})
	}
	return opened, old, nil
}
