package diagnose

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
)

// otherSecret finds a secret that was damaged on its way into the client. The hint helps only who has the secret, or
// has none at all.
func (s *search) otherSecret(p reading) string {
	r := s.r
	r.Target = p.path + p.query
	head := r.AppendHead(nil)
	for _, slip := range secretSlips(s.key.Secret()) {
		if slip.secret != s.key.Secret() && s.tryWith(newMAC(slip.secret), head, r.Body) {
			return slip.fault
		}
	}
	if fault := s.otherConstruction(head, r.Body); fault != "" {
		return fault
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
	hashed := sha256.Sum256([]byte(secret))
	slips := []secretSlip{
		{newline, secret + "\n"},
		{newline, secret + "\r\n"},
		{"the secret was used with a space at its end: cut it off", secret + " "},
		{"the secret was used without the white space around it: it is part of the secret", strings.TrimSpace(secret)},
		{quotes, `"` + secret + `"`},
		{quotes, "'" + secret + "'"},
		{"the secret was used with a space before it: cut it off", " " + secret},
		{"the secret was encoded in base64: use its text as it is", base64.StdEncoding.EncodeToString([]byte(secret))},
		{"the secret was encoded in hexadecimal: use its text as it is", hex.EncodeToString([]byte(secret))},
		{"the secret was percent-encoded: use its text as it is", url.QueryEscape(secret)},
		{"the secret was percent-encoded: use its text as it is", url.PathEscape(secret)},
		{"the secret was percent-decoded: use its text as it is", unescapeForm(secret)},
		{"the secret was hashed before it was used: use its text as it is", string(hashed[:])},
		{"the secret was hashed before it was used: use its text as it is", hex.EncodeToString(hashed[:])},
		{"the secret was used in another case: use its text as it is", strings.ToUpper(secret)},
		{"the secret was used in another case: use its text as it is", strings.ToLower(secret)},
		{"a byte order mark is before the secret: cut it off when you read it from a file", mark + secret},
		{"an empty secret was used: is the variable that holds it set?", ""},
		{"the word undefined was used as the secret: is the variable that holds it set?", "undefined"},
		{"the word null was used as the secret: is the variable that holds it set?", "null"},
		{"the word None was used as the secret: is the variable that holds it set?", "None"},
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

// otherConstruction finds the right key and text in a wrong construction.
func (s *search) otherConstruction(head, body []byte) string {
	text := slices.Concat(head, body)
	if len(text) > 64<<10 {
		return ""
	}
	if s.tryWith(newMAC(string(text)), []byte(s.key.Secret())) {
		return "key and text of the HMAC were swapped: the secret is the key, the string to sign is the text"
	}
	const twice = "the text was hashed before the HMAC was made: sign the text itself"
	hashed := sha256.Sum256(text)
	if s.tryWith(s.mac, hashed[:]) || s.tryWith(s.mac, []byte(hex.EncodeToString(hashed[:]))) {
		return twice
	}
	mac := newMAC(s.key.Secret())
	mac.Write(text)
	sum := mac.Sum(nil)
	for _, first := range [][]byte{sum, []byte(hex.EncodeToString(sum))} {
		if plain := sha256.Sum256(first); hmac.Equal(plain[:], s.claim[:]) || s.tryWith(s.mac, first) {
			return "the HMAC was hashed a second time: send the HMAC itself"
		}
	}
	switch {
	case s.tryWith(s.mac, utf16LE(text)):
		return "the text was signed in UTF-16: sign it as UTF-8"
	case s.try([]byte(mark), text):
		return "a byte order mark was signed before the text: leave it out"
	case s.try(text, []byte("\n")):
		return "a line feed was signed behind the text: leave it out"
	}
	return ""
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
