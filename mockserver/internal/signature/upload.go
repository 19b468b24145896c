package signature

import (
	"fmt"
	"strings"
)

// Upload says what of an upload a signature covers. The vendor says nothing of it; a server in PHP sees no body there.
type Upload int

// The readings of BODY for an upload in the string to sign.
const (
	UploadBody   Upload = iota // the raw body, as of every other request
	UploadEmpty                // nothing
	UploadEither               // both are accepted; signing covers the body
)

// ParseUpload reads "body", "empty" or "either".
func ParseUpload(s string) (Upload, error) {
	for _, u := range []Upload{UploadBody, UploadEmpty, UploadEither} {
		if s == u.String() {
			return u, nil
		}
	}
	return UploadBody, fmt.Errorf("must be body, empty or either, not %q", s)
}

func (u Upload) String() string {
	switch u {
	case UploadBody:
		return "body"
	case UploadEmpty:
		return "empty"
	case UploadEither:
		return "either"
	}
	return fmt.Sprintf("Upload(%d)", int(u))
}

// IsUpload reports whether a Content-Type is that of an upload, multipart/form-data.
func IsUpload(contentType string) bool {
	const form = "multipart/form-data"
	contentType = strings.TrimLeft(contentType, " \t")
	if len(contentType) < len(form) || !strings.EqualFold(contentType[:len(form)], form) {
		return false
	}
	rest := strings.TrimLeft(contentType[len(form):], " \t")
	return rest == "" || rest[0] == ';'
}

// Signed returns r with what is signed as its body.
func (u Upload) Signed(r Request) Request {
	if r.Upload && u == UploadEmpty {
		r.Body = nil
	}
	return r
}

// verify reports whether header is the signature of r, its target as it is. With UploadEither both readings are always tried.
func (u Upload) verify(k *Key, header string, r Request) bool {
	ok := k.Verify(header, u.Signed(r))
	if !r.Upload || u != UploadEither {
		return ok
	}
	r.Body = nil
	return k.Verify(header, r) || ok
}
