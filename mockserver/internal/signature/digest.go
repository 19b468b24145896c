package signature

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"slices"
)

// Digest signs or verifies a request whose body is not kept: write the body to it as it passes, then ask.
// It is an io.Writer whose Write never fails. It is not safe for concurrent use.
type Digest struct {
	scheme Scheme
	key    *Key
	head   Request     // the request without its body
	macs   []hash.Hash // of the body as well: one for the path to be signed; with Either, one for each
	heads  []hash.Hash // the same without the body
	body   hash.Hash   // of the body alone, for package diagnose
	size   int64
}

// Digest starts the digest of an upload, whose body will be written to it; r.Body is ignored.
func (s Scheme) Digest(k *Key, r Request) *Digest {
	r.Body, r.Upload = nil, true
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
	for _, macs := range []*[]hash.Hash{&d.macs, &d.heads} {
		mac := newMAC(d.key.secret)
		mac.Write(r.AppendHead(nil))
		*macs = append(*macs, mac)
	}
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

// Verify reports, in constant time, whether header is the signature of what was written so far.
func (d *Digest) Verify(header string) bool {
	var claim [sha256.Size]byte
	return ParseHeader(&claim, header) && anyIs(d.accepted(), &claim)
}

// Scheme returns the scheme that the digest was started with.
func (d *Digest) Scheme() Scheme { return d.scheme }

// Key returns the key that the digest was started with.
func (d *Digest) Key() *Key { return d.key }

// Head returns the request without its body.
func (d *Digest) Head() Request { return d.head }

// BodySum returns the plain SHA-256 of what was written so far.
func (d *Digest) BodySum() (sum [sha256.Size]byte) {
	d.body.Sum(sum[:0])
	return sum
}

// Accepts reports, in constant time, whether claim is the digest of what was written so far.
func (d *Digest) Accepts(claim [sha256.Size]byte) bool { return anyIs(d.accepted(), &claim) }

// CoversBody reports, in constant time, whether claim is a digest of the request with its body, without regard to what the scheme says of
// uploads.
func (d *Digest) CoversBody(claim [sha256.Size]byte) bool { return anyIs(d.macs, &claim) }

// accepted are the signatures that the scheme accepts.
func (d *Digest) accepted() []hash.Hash {
	switch d.scheme.Upload {
	case UploadEmpty:
		return d.heads
	case UploadEither:
		return slices.Concat(d.macs, d.heads)
	default:
		return d.macs
	}
}

// anyIs reports, in constant time, whether one of the sums is the claim.
func anyIs(macs []hash.Hash, claim *[sha256.Size]byte) bool {
	var sum [sha256.Size]byte
	ok := false
	for _, mac := range macs {
		mac.Sum(sum[:0])
		ok = hmac.Equal(sum[:], claim[:]) || ok
	}
	return ok
}
