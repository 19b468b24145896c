package receiver

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.com/awalmock/contract/exchange"
)

// Schemes of signatures.
const (
	SchemeAwal     = "awal"     // X-Awal-Signature-256, as the API's requests are signed (I)
	SchemeStandard = "standard" // the three headers of Standard Webhooks 1.0
	SchemeBoth     = "both"
)

// signing says how a delivery is signed. The zero value signs it rightly; each field is one way to do it otherwise.
type signing struct {
	secrets     []string      // keys, in the order of the signatures; nil: the receiver's own
	body        *string       // what is signed instead of the body that is sent
	target      *string       // likewise of path and query
	shift       time.Duration // the timestamp is so much later than now
	signShift   time.Duration // what is signed is so much later than the header
	timestamp   *string       // the whole timestamp, in the header and in what is signed
	noTimestamp bool          // the header is left out
	unsigned    bool          // the headers of the signatures are left out
	value       *string       // the whole header instead of a signature
	tamper      *tampering    // the signature, changed
	lower       bool          // the names of all headers in small letters
}

// A tampering changes a signature (its digest, without the prefix); shell is a filter that does the same.
type tampering struct {
	name, shell string
	change      func(signature string) string
}

func tamperings() []tampering {
	other := func(c byte) string {
		if c == '0' {
			return "1"
		}
		return "0"
	}
	return []tampering{
		{"its first digit changed", `sed -E 's/^0/1/;t;s/^./0/'`, func(s string) string { return other(s[0]) + s[1:] }},
		{"its 33rd digit changed", `sed -E 's/^(.{32})0/\11/;t;s/^(.{32})./\10/'`, func(s string) string { return s[:32] + other(s[32]) + s[33:] }},
		{"its second half cut off", "cut -c1-32", func(s string) string { return s[:32] }},
	}
}

// stamp is the text of the timestamp, and the text of it that is signed.
func (s *signing) stamp(now time.Time) (sent, signed string) {
	if s.timestamp != nil {
		return *s.timestamp, *s.timestamp
	}
	at := now.Add(s.shift)
	return strconv.FormatInt(at.Unix(), 10), strconv.FormatInt(at.Add(s.signShift).Unix(), 10)
}

// keys are the secrets that sign.
func (s *signing) keys(own string) []string {
	if s.secrets == nil {
		return []string{own}
	}
	return s.secrets
}

// header are the headers of a delivery that is sent now.
func (c *client) header(d *delivery, now time.Time) http.Header {
	s := &d.sign
	sent, signed := s.stamp(now)
	h := http.Header{"Content-Type": {"application/json"}, exchange.HeaderEventID: {d.id}, "User-Agent": {exchange.UserAgent()}}
	body, target := string(d.body), c.target()
	if s.body != nil {
		body = *s.body
	}
	if s.target != nil {
		target = *s.target
	}
	if c.scheme != SchemeStandard {
		c.sign(h, s, exchange.HeaderSignature, "sha256=", ", ", func(secret string) string {
			return exchange.Digest(secret, http.MethodPost+target+signed+body)
		})
		h[exchange.HeaderTimestamp] = []string{sent}
	}
	if c.scheme != SchemeAwal {
		h[exchange.HeaderStandardID] = []string{d.id}
		c.sign(h, s, exchange.HeaderStandardSignature, "v1,", " ", func(secret string) string { return exchange.StandardDigest(secret, d.id+"."+signed+"."+body) })
		h[exchange.HeaderStandardTimestamp] = []string{sent}
	}
	if s.noTimestamp {
		delete(h, exchange.HeaderTimestamp)
		delete(h, exchange.HeaderStandardTimestamp)
	}
	if s.lower {
		return inSmallLetters(h)
	}
	return h
}

// sign adds the signatures of one scheme.
func (c *client) sign(h http.Header, s *signing, name, prefix, separator string, digest func(secret string) string) {
	if s.unsigned {
		return
	}
	name = http.CanonicalHeaderKey(name)
	if s.value != nil {
		h[name] = []string{*s.value}
		return
	}
	var list []string
	for _, secret := range s.keys(c.secret) {
		text := digest(secret)
		if s.tamper != nil {
			text = s.tamper.change(text)
		}
		list = append(list, prefix+text)
	}
	h[name] = []string{strings.Join(list, separator)}
}

func inSmallLetters(h http.Header) http.Header {
	out := http.Header{}
	for name, values := range h {
		if name != "User-Agent" { // net/http would add its own beside it
			name = strings.ToLower(name)
		}
		out[name] = values
	}
	return out
}

// right are the signatures that would have been right for what was sent.
func (c *client) right(d *delivery, h http.Header) []string {
	stamp := fmt.Sprint(valueOf(h, exchange.HeaderTimestamp), valueOf(h, exchange.HeaderStandardTimestamp))
	if c.scheme == SchemeBoth {
		stamp = valueOf(h, exchange.HeaderTimestamp)
	}
	return []string{
		exchange.Digest(c.secret, http.MethodPost+c.target()+stamp+string(d.body)), exchange.StandardDigest(c.secret, d.id+"."+stamp+"."+string(d.body)),
	}
}

// valueOf is the value of a header; the case of its name does not matter.
func valueOf(h http.Header, name string) string {
	for key, values := range h {
		if strings.EqualFold(key, name) && len(values) > 0 {
			return values[0]
		}
	}
	return ""
}
