package server

import (
	"sync"
	"time"

	"example.com/awalmock/mockserver/internal/signature"
	"example.com/awalmock/mockserver/internal/store"
)

// A keyring is the secrets of a workspace's client: the one in force, and those from before a rotation that are accepted until
// their time of grace is over. It is safe for concurrent use.
type keyring struct {
	first string // of the fixture

	mu      sync.RWMutex
	inForce keys
}

// keys are those that are accepted, the newest first, and until which instant of the workspace's clock; the newest has no end.
type keys struct {
	list  []*signature.Key
	until []time.Time
}

func oneKey(secret string) keys {
	return keys{[]*signature.Key{signature.NewKey(secret)}, []time.Time{{}}}
}

func newKeyring(secret string) *keyring { return &keyring{first: secret, inForce: oneKey(secret)} }

// restoreKeyring makes a keyring of what kept gave.
func restoreKeyring(secrets []store.Secret) *keyring {
	return &keyring{first: secrets[0].Text, inForce: keptKeys(secrets)}
}

// keptKeys are the keys of what kept gave.
func keptKeys(secrets []store.Secret) (k keys) {
	for _, s := range secrets[1:] {
		k.list = append(k.list, signature.NewKey(s.Text))
		k.until = append(k.until, s.Until)
	}
	return k
}

// kept are the secrets of the keyring with these keys, as a store keeps them: the first one, then the keys.
func (r *keyring) kept(k keys) []store.Secret {
	secrets := []store.Secret{{Text: r.first}}
	for i, key := range k.list {
		secrets = append(secrets, store.Secret{Text: key.Secret(), Until: k.until[i]})
	}
	return secrets
}

// alive are the keys that are accepted at the workspace's instant now, the newest first. The caller must not change them.
func (r *keyring) alive(now func() time.Time) []*signature.Key {
	k := r.all()
	if len(k.list) == 1 {
		return k.list
	}
	at, n := now(), 1
	for n < len(k.list) && at.Before(k.until[n]) {
		n++
	}
	return k.list[:n:n]
}

func (r *keyring) all() keys {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.inForce
}

// current is the secret in force.
func (r *keyring) current() string { return r.all().list[0].Secret() }

// secrets are all that may still be in use.
func (r *keyring) secrets() []string {
	list := []string{r.first}
	for _, k := range r.all().list {
		list = append(list, k.Secret())
	}
	return list
}

// oldKeys is how many secrets from before are accepted at most.
const oldKeys = 4

// rotated are the keys with another secret in force. The one before is accepted until an instant of the workspace's clock, those before
// that no longer than it.
func (r *keyring) rotated(secret string, until time.Time) keys {
	next, old := oneKey(secret), r.all()
	for i := range min(len(old.list), oldKeys) {
		end := old.until[i]
		if i == 0 || until.Before(end) {
			end = until
		}
		next.list, next.until = append(next.list, old.list[i]), append(next.until, end)
	}
	return next
}

// atFirst are the keys at the beginning: the fixture's secret alone. It reports whether others are in force.
func (r *keyring) atFirst() (first keys, others bool) {
	k := r.all()
	return oneKey(r.first), len(k.list) > 1 || k.list[0].Secret() != r.first
}

// use puts keys in force.
func (r *keyring) use(k keys) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.inForce = k
}
