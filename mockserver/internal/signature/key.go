package signature

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"sync"
)

// digits is the length of a digest in hexadecimal digits.
const digits = 2 * sha256.Size

// Key is a workspace's secret, made ready for signing. It is safe for concurrent use and never prints its secret.
type Key struct {
	secret string
	states sync.Pool
}

// state is what one signature needs, kept between uses: an HMAC whose key is already expanded, and room to work in.
type state struct {
	mac   hash.Hash
	text  []byte
	sum   [sha256.Size]byte
	claim [sha256.Size]byte
}

// NewKey prepares the secret of a workspace. The secret is taken as it is: no trimming, no decoding.
//
// To take as long for an unknown client as for a known one, verify its request with a key of random text.
func NewKey(secret string) *Key {
	key := &Key{secret: secret}
	key.states.New = func() any { return &state{mac: newMAC(secret)} }
	return key
}

func newMAC(secret string) hash.Hash { return hmac.New(sha256.New, []byte(secret)) }

// Sign returns the value of the header X-Awal-Signature-256 for r, its target signed as it is.
func Sign(secret string, r Request) string { return NewKey(secret).Sign(r) }

// Sign returns the value of the header X-Awal-Signature-256 for r, its target signed as it is.
func (k *Key) Sign(r Request) string {
	st := k.acquire()
	defer k.states.Put(st)
	st.digest(r)
	return header(&st.sum)
}

// Verify reports, in constant time, whether header is the signature of r, its target signed as it is.
// The digest may be written in digits of any case, the prefix in one case only.
func (k *Key) Verify(header string, r Request) bool {
	st := k.acquire()
	defer k.states.Put(st)
	return ParseHeader(&st.claim, header) && st.matches(r)
}

// Secret returns the secret, for package diagnose: to look for a mistake is to make it. It must not be shown.
func (k *Key) Secret() string { return k.secret }

// Format prints a placeholder for every verb, so that no log and no error ever holds the secret.
func (k *Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "signature.Key(hidden)") }

func (k *Key) acquire() *state { return k.states.Get().(*state) } //nolint:forcetypeassert // the pool holds nothing else

// matches compares the digest of r with the claimed one, in constant time.
func (s *state) matches(r Request) bool {
	s.digest(r)
	return hmac.Equal(s.sum[:], s.claim[:])
}

// digest leaves the HMAC of r in s.sum.
func (s *state) digest(r Request) {
	s.text = r.AppendHead(s.text[:0])
	s.mac.Reset()
	s.mac.Write(s.text)
	s.mac.Write(r.Body)
	s.mac.Sum(s.sum[:0])
}

func header(sum *[sha256.Size]byte) string {
	var text [len(Prefix) + digits]byte
	copy(text[:], Prefix)
	hex.Encode(text[len(Prefix):], sum[:])
	return string(text[:])
}

// ParseHeader reads the digest out of a header that is well-formed: the prefix, then 64 hexadecimal digits.
func ParseHeader(digest *[sha256.Size]byte, header string) bool {
	if len(header) != len(Prefix)+digits || header[:len(Prefix)] != Prefix {
		return false
	}
	var text [digits]byte
	copy(text[:], header[len(Prefix):])
	_, err := hex.Decode(digest[:], text[:])
	return err == nil
}
