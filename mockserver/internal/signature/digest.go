package signature

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
)

// Digest signs or verifies a request whose body is not kept: write the body to it as it passes, then ask.
// It is an io.Writer whose Write never fails. It is not safe for concurrent use.
type Digest struct {
	scheme Scheme
	key    *Key
	head   Request     // the request without its body
	macs   []hash.Hash // one for the path to be signed; with Either, one for each
	body   hash.Hash   // of the body alone, for Explain
	size   int64
}

// Digest starts the digest of a request whose body will be written to it; r.Body is ignored.
func (s Scheme) Digest(k *Key, r Request) *Digest {
	r.Body = nil
	d := &Digest{scheme: s, key: k, head: r, body: sha256.New()}
	d.start(s.Target(r.Target))
	if s.Path == Either {
		d.start(OriginForm(r.Target))
	}
	return d
}

func (d *Digest) start(target string) {
	r := d.head
	r.Target = target
	mac := newMAC(d.key.secret)
	mac.Write(appendHead(nil, r))
	d.macs = append(d.macs, mac)
}

// Write adds a piece of the body.
func (d *Digest) Write(p []byte) (int, error) {
	for _, mac := range d.macs {
		mac.Write(p)
	}
	d.body.Write(p)
	d.size += int64(len(p))
	return len(p), nil
}

// Size returns how many bytes of the body were written so far.
func (d *Digest) Size() int64 { return d.size }

// Sign returns the value of the header X-Awal-Signature-256 for what was written so far.
func (d *Digest) Sign() string {
	var sum [sha256.Size]byte
	d.macs[0].Sum(sum[:0])
	return header(&sum)
}

// Verify reports, in constant time, whether header is the signature of what was written so far.
func (d *Digest) Verify(header string) bool {
	var claim, sum [sha256.Size]byte
	if !parseHeader(&claim, header) {
		return false
	}
	ok := false
	for _, mac := range d.macs {
		mac.Sum(sum[:0])
		ok = hmac.Equal(sum[:], claim[:]) || ok
	}
	return ok
}
