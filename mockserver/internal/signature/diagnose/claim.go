package diagnose

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"example.com/awalmock/mockserver/internal/signature"
)

// digits is the length of a digest in hexadecimal digits.
const digits = 2 * sha256.Size

// claim is a digest as a caller sent it, read with more patience than Verify has.
type claim struct {
	digest   [sha256.Size]byte
	readable bool     // a digest of the right size was found
	faults   []string // what is wrong with the way it is written
}

// hint joins what is wrong with the writing and what is wrong with the digest.
func (c claim) hint(fault string) string {
	if fault == "" {
		return strings.Join(c.faults, "; ")
	}
	return strings.Join(append(c.faults[:len(c.faults):len(c.faults)], fault), "; ")
}

func (c *claim) fault(text string) { c.faults = append(c.faults, text) }

func readClaim(header string) claim {
	var c claim
	if c.readable = signature.ParseHeader(&c.digest, header); c.readable {
		return c
	}
	text := strings.Trim(header, " \t\"'")
	if at := strings.LastIndex(text, ")= "); at >= 0 { // "(stdin)= …", "HMAC-SHA256(file)= …", "SHA2-256(stdin)= …"
		c.fault("the line that openssl prints was sent: send sha256= and the digits behind the =")
		c.readDigest(strings.TrimSpace(text[at+3:]))
		return c
	}
	if digits, name, found := strings.Cut(text, "  "); found && len(digits) == hex.EncodedLen(sha256.Size) && name != "" {
		c.fault("the line that sha256sum or openssl -r prints was sent: send sha256= and the digits")
		c.readDigest(digits)
		return c
	}
	if text != header {
		c.fault("quotes or spaces are around the value")
	}
	c.readDigest(c.cutPrefix(text))
	return c
}

// cutPrefix takes any known writing of the prefix off, and notes all but the right one.
func (c *claim) cutPrefix(text string) string {
	if rest, found := strings.CutPrefix(text, signature.Prefix); found {
		if again, twice := strings.CutPrefix(rest, signature.Prefix); twice {
			c.fault("the prefix sha256= appears twice")
			return again
		}
		return rest
	}
	for _, other := range []string{"sha256=", "sha256:", "sha256 ", "sha-256=", "hmac-sha256=", "hmac-sha256 "} {
		if len(text) >= len(other) && strings.EqualFold(text[:len(other)], other) {
			c.fault("the prefix must be sha256= in exactly this form")
			return strings.TrimLeft(text[len(other):], " ")
		}
	}
	c.fault("the prefix sha256= is missing")
	return text
}

func (c *claim) readDigest(text string) {
	if len(text) == digits && c.take(hex.DecodeString(text)) {
		return
	}
	decoded, err := decodeBase64(text)
	switch {
	case err == nil && c.take(decoded, nil):
		c.fault("the digest is in base64: send it as 64 hexadecimal digits")
	case err == nil && len(decoded) == digits && c.take(hex.DecodeString(string(decoded))):
		c.fault("the hexadecimal digits were encoded in base64 once more: send them as they are")
	default:
		c.fault(digestFault(text))
	}
}

// take keeps a digest that could be decoded and has the right size.
func (c *claim) take(digest []byte, err error) bool {
	c.readable = err == nil && copy(c.digest[:], digest) == len(c.digest) && len(digest) == len(c.digest)
	return c.readable
}

// decodeBase64 reads the standard and the URL alphabet, with and without padding.
func decodeBase64(text string) ([]byte, error) {
	text = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
	return base64.RawStdEncoding.DecodeString(text)
}

func digestFault(text string) string {
	fault := fmt.Sprintf("the digest must be 64 hexadecimal digits; it has %d characters", len(text))
	if _, err := hex.DecodeString(text); err != nil {
		return fault
	}
	algorithms := map[int]string{32: "MD5", 40: "SHA-1", 56: "SHA-224", 96: "SHA-384", 128: "SHA-512"}
	if name, known := algorithms[len(text)]; known {
		return fault + ", the length of " + name + ": use SHA-256"
	}
	return fault
}
