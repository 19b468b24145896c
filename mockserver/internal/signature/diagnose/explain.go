// Package diagnose says why a signature is wrong: it makes the mistakes that clients make, and compares what comes of them
// with what was sent.
//
// It never gives out a secret or an expected digest.
package diagnose

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/awalmock/mockserver/internal/printable"
	"example.com/awalmock/mockserver/internal/signature"
)

// Diagnosis says why a signature of a known client is wrong. It never holds a secret or an expected digest.
type Diagnosis struct {
	// StringToSign is what the caller should have signed (the relative path, if either will do), as printable text:
	// a body that is not empty is shown as "<41 bytes, sha256 …>" with the plain SHA-256 of the body; what cannot be
	// printed, and the backslash, is escaped as in a Go string.
	StringToSign string
	// ToSign is StringToSign with the text of the body, to be compared with Signed. A text of more than 8 KiB, or with a body that is
	// no text, is shown as StringToSign.
	ToSign string
	// Signed is what the caller signed instead, with the right secret and in the form of ToSign. It is empty where that was not found
	// out, or where the fault is not in the text: in the secret, the digest or the header.
	Signed string
	// Hint says what went wrong, and is empty where that could not be found out.
	Hint string
	// Unexplained says that a digest was sent, in any notation, and that no usual mistake leads to it.
	Unexplained bool
}

// Explain says why header is not the signature of r. It recognises a fault by making it: each likely mistake is signed
// and compared in constant time, so a hint reaches only who signed with the secret (or a slip of it). The work is
// bounded for a body of any size: see hashBudget.
func Explain(s signature.Scheme, k *signature.Key, header string, r signature.Request) Diagnosis {
	r = s.Upload.Signed(r)
	expected := r
	expected.Target = s.Target(r.Target)
	text := readable(expected.AppendHead(nil)) + bodyText(int64(len(r.Body)), sha256.Sum256(r.Body))

	toSign := comparedText(text, expected.AppendHead(nil), r.Body)

	claim := readClaim(header)
	if !claim.readable {
		return Diagnosis{StringToSign: text, ToSign: toSign, Hint: claim.hint("")}
	}
	search := newSearch(s, k, claim.digest, r)
	if search.expected() {
		return Diagnosis{StringToSign: text, ToSign: toSign, Hint: claim.hint("")}
	}
	fault := search.fault()
	return Diagnosis{StringToSign: text, ToSign: toSign, Signed: comparedText("", search.signed), Hint: claim.hint(fault), Unexplained: fault == ""}
}

const uploadSigned = "the body was signed: this server signs an upload without its body"

// ExplainUpload says why header is not the signature of what was written to d. The body is gone, so of the faults it finds
// a malformed header and a body that was left out of the signature, or that should have been.
func ExplainUpload(d *signature.Digest, header string) Diagnosis {
	scheme, head := d.Scheme(), d.Head()
	expected := head
	expected.Target = scheme.Target(head.Target)
	text := readable(expected.AppendHead(nil))
	if scheme.Upload != signature.UploadEmpty {
		text += bodyText(d.Size(), d.BodySum())
	}

	claim := readClaim(header)
	if !claim.readable {
		return Diagnosis{StringToSign: text, ToSign: text, Hint: claim.hint("")}
	}
	switch {
	case d.Accepts(claim.digest):
		return Diagnosis{StringToSign: text, ToSign: text, Hint: claim.hint("")}
	case d.CoversBody(claim.digest):
		return Diagnosis{StringToSign: text, ToSign: text, Signed: text + bodyText(d.Size(), d.BodySum()), Hint: claim.hint(uploadSigned)}
	}
	search := newSearch(scheme, d.Key(), claim.digest, head)
	fault := search.bodyLeftOut()
	if scheme.Upload == signature.UploadEmpty {
		fault = search.fault()
	}
	return Diagnosis{StringToSign: text, ToSign: text, Signed: comparedText("", search.signed), Hint: claim.hint(fault), Unexplained: fault == ""}
}

// comparedAtMost bounds the texts that are shown to be compared.
const comparedAtMost = 8 << 10

// comparedText joins the parts of a text that was signed, or is to be signed, as printable text; instead is its value for one that is too
// long or no text.
func comparedText(instead string, parts ...[]byte) string {
	text := slices.Concat(parts...)
	if len(text) == 0 || len(text) > comparedAtMost || len(parts) > 1 && !utf8.Valid(parts[1]) {
		return instead
	}
	return readable(text)
}

func bodyText(size int64, sum [sha256.Size]byte) string {
	switch size {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("<1 byte, sha256 %x>", sum)
	default:
		return fmt.Sprintf("<%d bytes, sha256 %x>", size, sum)
	}
}

// readable escapes what cannot be printed, so that no log or terminal is deceived, and the backslash.
func readable(text []byte) string {
	return printable.Line(strings.ReplaceAll(string(text), `\`, `\\`))
}
