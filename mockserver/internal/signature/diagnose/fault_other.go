package diagnose

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"example.com/awalmock/mockserver/internal/signature"
)

// otherMethod finds a method that was signed in another form.
func (s *search) otherMethod(p reading) string {
	tail := []byte(p.path + p.query + s.r.Timestamp)
	if s.try([]byte(strings.ToLower(s.r.Method)), tail, s.r.Body) {
		return "the method was signed in lower case: sign it in upper case"
	}
	if s.try(tail, s.r.Body) {
		return "the method was left out: the string to sign begins with it"
	}
	return ""
}

// otherTimestamp finds a timestamp that was signed but not sent.
func (s *search) otherTimestamp(p reading) string {
	seconds, err := signature.ParseTimestamp(s.r.Timestamp)
	if err != nil {
		return ""
	}
	type form struct{ fault, timestamp string }
	forms := []form{{"the timestamp was left out: it stands between the query and the body", ""}}
	if seconds >= signature.FirstMillisecond {
		forms = append(forms, form{
			"seconds were signed but milliseconds sent: send in X-Timestamp the seconds that you sign",
			strconv.FormatInt(seconds/1000, 10),
		})
	}
	for _, distance := range []int64{1, -1, 2, -2} {
		forms = append(forms, form{
			"the clock was read twice: sign the very timestamp that X-Timestamp carries",
			strconv.FormatInt(seconds+distance, 10),
		})
	}
	r := s.r
	for _, f := range forms {
		r.Timestamp = f.timestamp
		if s.tries(p, r) {
			return f.fault
		}
	}
	return ""
}

// millisecondsSigned finds milliseconds in the signature of a request that carries seconds: a thousand attempts, so
// only for a small body.
func (s *search) millisecondsSigned() string {
	if len(s.r.Body) > 4<<10 || len(s.r.Target) > 4<<10 || len(s.r.Timestamp) > 10 {
		return ""
	}
	r := s.r
	for i := range 1000 {
		r.Timestamp = fmt.Sprintf("%s%03d", s.r.Timestamp, i)
		for _, p := range s.paths {
			if s.tries(p, r) {
				return join(p.fault, "milliseconds were signed but seconds sent: sign the seconds that X-Timestamp carries")
			}
		}
	}
	return ""
}

// otherOrder finds the right parts in the wrong order, or with something between them.
func (s *search) otherOrder(p reading) string {
	method, path, query := []byte(s.r.Method), []byte(p.path), []byte(p.query)
	timestamp, body := []byte(s.r.Timestamp), s.r.Body
	const order = "the order is wrong: METHOD + PATH + QUERY_STRING + TIMESTAMP + BODY"
	for _, parts := range [][][]byte{
		{method, path, timestamp, query, body},
		{method, path, query, body, timestamp},
		{timestamp, method, path, query, body},
		{method, timestamp, path, query, body},
		{path, query, method, timestamp, body},
	} {
		if s.try(parts...) {
			return order
		}
	}
	if s.try(timestamp, body) || s.try(body) {
		return "only the body, or the timestamp and the body, was signed: sign METHOD + PATH + QUERY_STRING + TIMESTAMP + BODY"
	}
	target := []byte(p.path + p.query)
	for _, separator := range []string{"\n", ".", ":", "|", " ", "&", ",", "+"} {
		for _, parts := range [][][]byte{{method, path, query, timestamp, body}, {method, target, timestamp, body}} {
			if s.try(between(parts, []byte(separator))...) {
				return "something stands between the parts: they follow each other directly"
			}
		}
	}
	return ""
}

// between puts a separator between parts, without copying them.
func between(parts [][]byte, separator []byte) [][]byte {
	var out [][]byte
	for _, part := range parts {
		out = append(out, part, separator)
	}
	return out[:len(out)-1]
}

// otherSecret finds a secret that was damaged on its way into the client. The hint helps only who has the secret, or
// has none at all.
func (s *search) otherSecret(p reading) string {
	secret := s.key.Secret()
	r := s.r
	r.Target = p.path + p.query
	head := r.AppendHead(nil)
	for _, slip := range secretSlips(secret) {
		if slip.secret != secret && s.tryWith(newMAC(slip.secret), head, r.Body) {
			return slip.fault
		}
	}
	if s.plainHash(head, r.Body) {
		return "a plain SHA-256 was sent: use HMAC-SHA256 with the secret as its key"
	}
	return ""
}

type secretSlip struct{ fault, secret string }

func secretSlips(secret string) []secretSlip {
	const newline = "the secret was used with a line feed at its end: cut it off when you read it from a file"
	const quotes = "the secret was used with quotes around it: cut them off"
	slips := []secretSlip{
		{newline, secret + "\n"},
		{newline, secret + "\r\n"},
		{"the secret was used with a space at its end: cut it off", secret + " "},
		{"the secret was used without the white space around it: it is part of the secret", strings.TrimSpace(secret)},
		{quotes, `"` + secret + `"`},
		{quotes, "'" + secret + "'"},
		{"an empty secret was used: is the variable that holds it set?", ""},
		{"the word undefined was used as the secret: is the variable that holds it set?", "undefined"},
		{"the placeholder of the vendor's documentation was used as the secret", "your-hmac-secret"},
	}
	if raw, err := hex.DecodeString(secret); err == nil {
		slips = append(slips, secretSlip{"the secret was decoded from hexadecimal: use its text as it is", string(raw)})
	}
	if raw, err := decodeBase64(secret); err == nil {
		slips = append(slips, secretSlip{"the secret was decoded from base64: use its text as it is", string(raw)})
	}
	return slips
}

// plainHash reports whether no HMAC was made at all: a hash with the secret before or behind the text, or without it.
func (s *search) plainHash(head, body []byte) bool {
	secret := []byte(s.key.Secret())
	for _, parts := range [][][]byte{{head, body}, {secret, head, body}, {head, body, secret}} {
		hash := sha256.New()
		for _, part := range parts {
			if s.budget -= len(part) + sha256.BlockSize; s.budget < 0 {
				return false
			}
			hash.Write(part)
		}
		if hmac.Equal(hash.Sum(nil), s.claim[:]) {
			return true
		}
	}
	return false
}
