package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"strconv"

	"example.com/awalmock/mockserver/internal/filetype"
	"example.com/awalmock/mockserver/internal/signature"
	"example.com/awalmock/mockserver/internal/spec"
)

const (
	maxParts      = 1000     // of a form: each takes memory, however small it is
	partHeadBytes = 16 << 10 // of the lines before a part
	readAhead     = 6 << 10  // that a multipart.Reader may hold behind a head
)

// uploadBoundary reports whether the request is an upload that its operation takes, and how its parts are divided.
func uploadBoundary(x *Exchange) (string, bool) {
	ct := spec.ParseContentType(x.HTTP.Header.Get("Content-Type"))
	if ct.Type != "multipart/form-data" {
		return "", false
	}
	for _, m := range x.Operation.Bodies {
		if m.Type == ct.Type {
			return ct.Boundary, true
		}
	}
	return "", false
}

// A streamingVerifier is a guard that wants an upload to pass through a digest.
type streamingVerifier interface {
	digests(*Exchange) []*signature.Digest
}

// readForm reads an upload once: through the guard's digest, into fields and the head of each file. A form that cannot
// be read is remembered for later: who sent it has to be known first. limit is for its fields together, in bytes.
func (e *Engine) readForm(x *Exchange, memory *share, body io.Reader, boundary string, limit int64) error {
	form := x.makeSpecial()
	if g, ok := e.Guard.(streamingVerifier); ok {
		form.digests = g.digests(x)
		for _, d := range form.digests {
			body = io.TeeReader(body, d)
		}
	}
	first := &opening{Reader: body}
	if boundary == "" {
		form.formBroken = errors.New("the Content-Type has no boundary; let the HTTP library write this header, which knows the boundary")
	} else {
		x.Form, form.formBroken = memory.parseForm(first, boundary, limit)
		if errors.Is(form.formBroken, errNotDivided) {
			form.formBroken = first.explain(boundary)
		}
	}
	if errors.Is(form.formBroken, ErrBusy) {
		return ErrBusy
	}
	// What follows the form was signed as well.
	_, err := io.Copy(io.Discard, body)
	return err
}

// parseForm takes a form apart; its fields, and all names, together may have limit bytes.
func (s *share) parseForm(body io.Reader, boundary string, limit int64) (*spec.Form, error) {
	end := &ending{Reader: body, mark: []byte("--" + boundary + "--")}
	heads := &headLimit{Reader: end}
	parts := multipart.NewReader(heads, boundary)
	form := &spec.Form{}
	for {
		part, err := heads.next(parts)
		if err == io.EOF { //nolint:errorlint // a body that ends before the last boundary is a wrapped EOF
			if !end.seen { // in the head of a part, multipart takes the end of the body for that of the form
				return nil, errNotDivided
			}
			return form, nil
		}
		if err != nil {
			return nil, err
		}
		limit -= int64(len(part.FormName()) + len(part.FileName()))
		switch {
		case part.FormName() == "":
			return nil, errors.New("a part has no name")
		case len(form.Files)+len(form.Fields) == maxParts:
			return nil, fmt.Errorf("it has more than %d parts", maxParts)
		case limit < 0:
			return nil, errFieldsTooLarge
		}
		if part.FileName() != "" {
			err = s.addFile(form, part)
		} else {
			limit, err = s.addField(form, part, limit)
		}
		if err != nil {
			return nil, err
		}
	}
}

var errNotDivided = errors.New("its parts are not divided as the Content-Type says")

// opening keeps the beginning of what is read, to explain why a form could not be read.
type opening struct {
	io.Reader
	text []byte
}

func (o *opening) Read(p []byte) (int, error) {
	n, err := o.Reader.Read(p)
	o.text = append(o.text, p[:min(n, maxOpening-len(o.text))]...)
	return n, err
}

const maxOpening = 100

// ending notes whether the last boundary of a form has been read. It keeps no more than what a mark may begin with.
type ending struct {
	io.Reader
	mark []byte
	tail []byte // the end of what was read, shorter than the mark
	seen bool
}

func (e *ending) Read(p []byte) (int, error) {
	n, err := e.Reader.Read(p)
	if e.seen {
		return n, err
	}
	read, most := p[:n], len(e.mark)-1
	e.tail = append(e.tail, read[:min(n, most)]...) // a mark may be in two reads
	e.seen = bytes.Contains(e.tail, e.mark) || bytes.Contains(read, e.mark)
	if n >= most {
		e.tail = append(e.tail[:0], read[n-most:]...)
	} else {
		e.tail = append(e.tail[:0], e.tail[max(0, len(e.tail)-most):]...)
	}
	return n, err
}

func (o *opening) explain(boundary string) error {
	line, _, _ := bytes.Cut(o.text, []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	if string(line) == "--"+boundary {
		return errNotDivided
	}
	return fmt.Errorf("the Content-Type names the boundary %s, so the body has to begin with %s and a line break; it begins with %s",
		strconv.QuoteToASCII(CutMiddle(boundary, 80)), strconv.QuoteToASCII("--"+CutMiddle(boundary, 80)), strconv.QuoteToASCII(string(line)))
}

var (
	errFieldsTooLarge = errors.New("its fields are too large together")
	errHeadTooLarge   = fmt.Errorf("the head of a part, or what comes before the first, is larger than %d bytes", partHeadBytes)
)

// A headLimit bounds what is read on the way to the content of a part. A multipart.Reader by itself keeps heads of 10 MB.
type headLimit struct {
	io.Reader
	on   bool
	left int
}

func (h *headLimit) Read(p []byte) (int, error) {
	if !h.on {
		return h.Reader.Read(p)
	}
	if h.left == 0 {
		return 0, errHeadTooLarge
	}
	n, err := h.Reader.Read(p[:min(len(p), h.left)])
	h.left -= n
	return n, err
}

// next is the next part, io.EOF behind the last one.
func (h *headLimit) next(parts *multipart.Reader) (*multipart.Part, error) {
	h.on, h.left = true, partHeadBytes+readAhead
	part, err := parts.NextRawPart()
	h.on = false
	switch {
	case err == io.EOF:
		return nil, err
	case err != nil && h.left > 0:
		return nil, errNotDivided
	case err != nil:
		return nil, errHeadTooLarge
	}
	size := 0
	for name, values := range part.Header {
		for _, value := range values {
			size += len(name) + len(value) + len(": \r\n")
		}
	}
	if size > partHeadBytes {
		return nil, errHeadTooLarge
	}
	return part, nil
}

func (s *share) addFile(form *spec.Form, part *multipart.Part) error {
	if err := s.grow(filetype.HeadBytes + len(part.FileName()) + len(part.FormName())); err != nil {
		return err
	}
	head, err := io.ReadAll(io.LimitReader(part, filetype.HeadBytes))
	if err != nil {
		return errors.New("it breaks off in the file " + part.FormName())
	}
	names, rest, err := filetype.ReadRest(head, part)
	if err != nil {
		return errors.New("it breaks off in the file " + part.FormName())
	}
	form.Files = append(form.Files, spec.FormFile{
		Name: part.FormName(), FileName: part.FileName(), ContentType: part.Header.Get("Content-Type"),
		Size: int64(len(head)) + rest, Head: head, Inside: names,
	})
	return nil
}

func (s *share) addField(form *spec.Form, part *multipart.Part, limit int64) (int64, error) {
	value, err := s.readAll(io.LimitReader(part, limit+1), -1)
	if errors.Is(err, ErrBusy) {
		return 0, err
	}
	if err != nil {
		return 0, errors.New("it breaks off in the part " + part.FormName())
	}
	if limit -= int64(len(value)); limit < 0 {
		return 0, errFieldsTooLarge
	}
	form.Fields = append(form.Fields, spec.FormField{Name: part.FormName(), Value: string(value)})
	return limit, nil
}
