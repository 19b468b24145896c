package signature

import "strings"

// Prefix is what the value of the header X-Awal-Signature-256 begins with, in exactly this case.
const Prefix = "sha256="

// Request is what a signature covers.
type Request struct {
	// Method is the HTTP method; it is signed in upper case.
	Method string
	// Target is the path and, behind a question mark, the query, as they are in the request line: never decoded,
	// never re-encoded. A Key signs it as it is; a Scheme first reads it as its Path says.
	Target string
	// Timestamp is the value of the header X-Timestamp as it was sent.
	Timestamp string
	// Body is the raw body; nil and empty are the same.
	Body []byte
	// Upload says that the body is multipart/form-data: what of it is signed is the Scheme's to say.
	Upload bool
	// Host is the value of the header Host. It is not signed: only package diagnose uses it, to recognise a signed URL.
	Host string
}

// AppendHead appends what is before the body in the string to sign.
func (r Request) AppendHead(dst []byte) []byte {
	dst = append(dst, strings.ToUpper(r.Method)...)
	dst = append(dst, r.Target...)
	return append(dst, r.Timestamp...)
}
