package server

import (
	"sync"
	"time"

	"example.com/awalmock/mockserver/internal/signature"
)

// A keyring is the secrets of a workspace's client: the one in force, and those from before a rotation that are accepted until
// their time of grace is over. It is safe for concurrent use.
type keyring struct {
	mu     sync.RWMutex
	first  string // of the fixture
	secret string
	keys   []*signature.Key // the newest first
	until  []time.Time      // of each key but the first, by the workspace's clock
}

func newKeyring(secret string) *keyring {
	return &keyring{first: secret, secret: secret, keys: []*signature.Key{signature.NewKey(secret)}}
}

// alive are the keys that are accepted at the workspace's instant now, the newest first. The caller must not change them.
func (r *keyring) alive(now func() time.Time) []*signature.Key {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if len(r.keys) == 1 {
		return r.keys
	}
	at, n := now(), 1
	for n < len(r.keys) && at.Before(r.until[n-1]) {
		n++
	}
	return r.keys[:n:n]
}

// current is the secret in force.
func (r *keyring) current() string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.secret
}

// secrets are all that may still be in use.
func (r *keyring) secrets() []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	list := []string{r.first}
	for _, k := range r.keys {
		list = append(list, k.Secret())
	}
	return list
}

// oldKeys is how many secrets from before are accepted at most.
const oldKeys = 4

// rotate puts another secret in force. The one before is accepted until an instant of the workspace's clock, those before that no
// longer than it.
func (r *keyring) rotate(secret string, until time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	ends := []time.Time{until}
	for _, end := range r.until {
		if until.Before(end) {
			end = until
		}
		ends = append(ends, end)
	}
	keys := append([]*signature.Key{signature.NewKey(secret)}, r.keys...)
	n := min(len(keys), oldKeys+1)
	r.secret, r.keys, r.until = secret, keys[:n], ends[:n-1]
}

// reset puts the fixture's secret in force again, alone.
func (r *keyring) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.secret != r.first || len(r.keys) > 1 {
		r.secret, r.keys, r.until = r.first, []*signature.Key{signature.NewKey(r.first)}, nil
	}
}
