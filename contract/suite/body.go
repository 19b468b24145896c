package suite

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/textproto"
	"unicode/utf8"

	"example.com/awalmock/contract/printable"
)

const (
	mediaJSON = "application/json"
	mediaForm = "multipart/form-data"
)

// withJSON returns a copy of the request with a value as its JSON body.
func (r *request) withJSON(value any) *request {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err) // a body that the suite itself made
	}
	return r.withBody(mediaJSON, bytes.TrimSpace(out.Bytes()))
}

func (r *request) withBody(media string, content []byte) *request {
	c := r.withHeader("Content-Type", media)
	c.body = content
	return c
}

// A part is one of a form; a file has a name.
type part struct{ name, value, fileName, media string }

// boundary divides the parts of every form, so that a run with the same seed sends the same bytes.
const boundary = "awalmock-contract-7d2f1c"

// withForm returns a copy of the request with a multipart/form-data body.
func (r *request) withForm(parts ...part) *request {
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	if err := w.SetBoundary(boundary); err != nil {
		panic(err)
	}
	for _, p := range parts {
		h := textproto.MIMEHeader{}
		disposition := fmt.Sprintf(`form-data; name="%s"`, p.name)
		if p.fileName != "" {
			disposition += fmt.Sprintf(`; filename="%s"`, p.fileName)
			h.Set("Content-Type", p.media)
		}
		h.Set("Content-Disposition", disposition)
		content, err := w.CreatePart(h)
		if err == nil {
			_, err = content.Write([]byte(p.value))
		}
		if err != nil {
			panic(err) // a buffer takes everything
		}
	}
	_ = w.Close()
	return r.withBody(w.FormDataContentType(), out.Bytes())
}

// unacceptable returns a copy whose refusal is right; its answer may be any documented one.
func (r *request) unacceptable() *request {
	c := *r
	c.expect, c.about = expectAny, nil
	return &c
}

const shellBodySize = 1 << 10 // bytes that a shell line carries

// shellBody is the beginning of a shell line that puts the body into a file.
func (r *request) shellBody() string {
	switch {
	case r.body == nil:
		return ""
	case len(r.body) > shellBodySize:
		return fmt.Sprintf(": body.bin must hold the %d bytes that were sent; ", len(r.body))
	case utf8.Valid(r.body) && !bytes.ContainsAny(r.body, "\x00\r") && printable.Clean(string(r.body)) == string(r.body):
		return "printf %s " + quote(string(r.body)) + " >body.bin; "
	}
	return "printf %s " + quote(base64.StdEncoding.EncodeToString(r.body)) + " | base64 -d >body.bin; "
}

// shellSigned writes the string to sign: head, which is quoted, then the body.
func (r *request) shellSigned(head string, target *target) string {
	switch {
	case r.sign.body != nil:
		return "printf %s " + head + quote(*r.sign.body)
	case r.body != nil && !(target.emptyUpload && r.isForm()):
		return "{ printf %s " + head + "; cat body.bin; }"
	}
	return "printf %s " + head
}
