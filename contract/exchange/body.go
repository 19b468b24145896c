package exchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/textproto"
)

const (
	MediaJSON = "application/json"
	MediaForm = "multipart/form-data"
)

// WithJSON returns a copy of the request with a value as its JSON body.
func (r *Request) WithJSON(value any) *Request {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err) // a body that the suite itself made
	}
	return r.withBody(MediaJSON, bytes.TrimSpace(out.Bytes()))
}

func (r *Request) withBody(media string, content []byte) *Request {
	c := r.WithHeader("Content-Type", media)
	c.Body = content
	return c
}

// A Part is one of a form; a file has a name, and a media type if its sender gives one.
type Part struct {
	Name, Value, FileName, Media string
	Zeros                        int // how many bytes of 0 follow the value, so that a large file needs no large text
}

// zeros are what is written at once of a part's zeros.
var zeros [64 << 10]byte

// Boundary divides the parts of every form, so that a run with the same seed sends the same bytes.
const Boundary = "awalmock-contract-7d2f1c"

// WithForm returns a copy of the request with a multipart/form-data body.
func (r *Request) WithForm(parts ...Part) *Request {
	var out bytes.Buffer
	size := 0
	for _, p := range parts {
		size += len(p.Value) + p.Zeros + 512
	}
	out.Grow(size) // a file may have megabytes
	w := multipart.NewWriter(&out)
	if err := w.SetBoundary(Boundary); err != nil {
		panic(err)
	}
	for _, p := range parts {
		h := textproto.MIMEHeader{}
		disposition := fmt.Sprintf(`form-data; name="%s"`, p.Name)
		if p.FileName != "" {
			disposition += fmt.Sprintf(`; filename="%s"`, p.FileName)
			if p.Media != "" {
				h.Set("Content-Type", p.Media)
			}
		}
		h.Set("Content-Disposition", disposition)
		if _, err := w.CreatePart(h); err != nil {
			panic(err) // a buffer takes everything
		}
		out.WriteString(p.Value)
		for left := p.Zeros; left > 0; left -= len(zeros) {
			out.Write(zeros[:min(left, len(zeros))])
		}
	}
	_ = w.Close()
	return r.withBody(w.FormDataContentType(), out.Bytes())
}

// MayBeRefused returns a copy that may be refused: the rules of every exchange accept any documented answer, and the coverage does not count its parameters.
func (r *Request) MayBeRefused() *Request {
	c := *r
	c.Expect, c.About = expectAny, nil
	return &c
}
