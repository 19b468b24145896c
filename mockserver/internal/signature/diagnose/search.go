package diagnose

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"slices"
	"strings"

	"example.com/awalmock/mockserver/internal/signature"
)

// hashBudget bounds the bytes that one explanation hashes: with a body of 1 MiB some twenty attempts, in a hundredth
// of a second or so; with no body all of them. Likely faults come first.
const hashBudget = 24 << 20

// search looks for the mistake that leads to the digest a caller sent.
type search struct {
	scheme signature.Scheme
	key    *signature.Key
	mac    hash.Hash // with the key, made again for each attempt
	claim  [sha256.Size]byte
	r      signature.Request // as received: Target is raw
	paths  []reading
	bodies []bodyForm // what may have been signed instead of the body
	budget int
	signed []byte // the text that leads to the digest, once it is found; never a secret or what is made of one
}

// reading is one way to read the path of the request. An empty fault means that it is the right way.
type reading struct {
	fault       string
	path, query string // the query with its question mark, or empty
}

func newMAC(secret string) hash.Hash { return hmac.New(sha256.New, []byte(secret)) }

func newSearch(s signature.Scheme, k *signature.Key, claim [sha256.Size]byte, r signature.Request) *search {
	r.Method = strings.ToUpper(r.Method)
	return &search{scheme: s, key: k, mac: newMAC(k.Secret()), claim: claim, r: r, paths: readings(s, r.Target), budget: hashBudget}
}

func readings(s signature.Scheme, raw string) []reading {
	full := signature.OriginForm(raw)
	short := signature.CutBase(full, s.BasePath)
	if short == full {
		return []reading{newReading(full, "")}
	}
	switch s.Path {
	case signature.Full:
		return []reading{
			newReading(full, ""),
			newReading(short, "the path was signed without the base path "+s.BasePath+": sign the full path"),
		}
	case signature.Either:
		return []reading{newReading(short, ""), newReading(full, "")}
	default:
		return []reading{
			newReading(short, ""),
			newReading(full, "the full path was signed: sign what is after the base path "+s.BasePath),
		}
	}
}

func newReading(target, fault string) reading {
	at := strings.IndexByte(target, '?')
	if at < 0 {
		at = len(target)
	}
	return reading{fault: fault, path: target[:at], query: target[at:]}
}

// expected reports whether the digest is right, however it was written.
func (s *search) expected() bool {
	for _, p := range s.paths {
		if p.fault == "" && s.tries(p, s.r) {
			return true
		}
	}
	return false
}

// fault names the mistake, alone or together with a wrong reading of the path, or is empty.
func (s *search) fault() string {
	for _, p := range s.paths {
		if p.fault != "" && s.tries(p, s.r) {
			return p.fault
		}
	}
	s.bodies = bodyForms(s.r.Body)
	looks := []func(reading) string{
		s.otherEncoding, s.otherJSON, s.otherTarget, s.otherBody, s.otherTimestamp, s.otherMethod, s.otherSecret, s.otherOrder,
	}
	for _, p := range s.paths {
		for _, look := range looks {
			if fault := look(p); fault != "" {
				return join(p.fault, fault)
			}
		}
	}
	if s.wholeURL() {
		return "the whole URL was signed: sign only the path and the query"
	}
	return s.millisecondsSigned()
}

func join(first, second string) string {
	if first == "" {
		return second
	}
	return first + "; " + second
}

// tries signs r with the path and query of p.
func (s *search) tries(p reading, r signature.Request) bool {
	r.Target = p.path + p.query
	return s.try(r.AppendHead(nil), r.Body)
}

// try signs the parts of a text, one behind the other, and remembers the text if it leads to the digest. The parts are of the request.
func (s *search) try(parts ...[]byte) bool {
	found := s.tryWith(s.mac, parts...)
	if found {
		s.signed = slices.Concat(parts...)
	}
	return found
}

// tryWith signs the parts, one behind the other, and compares in constant time. Out of budget, nothing matches.
func (s *search) tryWith(mac hash.Hash, parts ...[]byte) bool {
	mac.Reset()
	for _, part := range parts {
		if s.budget -= len(part) + sha256.BlockSize; s.budget < 0 {
			return false
		}
		mac.Write(part)
	}
	var sum [sha256.Size]byte
	return hmac.Equal(mac.Sum(sum[:0]), s.claim[:])
}
