package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
)

// A written is what a request that writes sends: the fields of a form or of a JSON object, and the files of a form.
type written struct {
	media, boundary string
	order           []string
	fields          map[string]any
	files           []sentFile
}

type sentFile struct {
	head    textproto.MIMEHeader
	content []byte
}

// readWritten reads the body of a request; nil if it is neither a multipart form nor a JSON object.
func readWritten(r *http.Request, content []byte) *written {
	media, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	f := &written{media: media, boundary: parameters["boundary"], fields: map[string]any{}}
	if err != nil || media != "application/json" && media != "multipart/form-data" {
		return nil
	}
	if media == "application/json" {
		decoder := json.NewDecoder(bytes.NewReader(content))
		decoder.UseNumber()
		if decoder.Decode(&f.fields) != nil || f.fields == nil {
			return nil
		}
		return f
	}
	if !bytes.HasSuffix(bytes.TrimSpace(content), []byte("--"+f.boundary+"--")) {
		return nil // a form that is cut short
	}
	reader := multipart.NewReader(bytes.NewReader(content), f.boundary)
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return f
		}
		if err != nil {
			return nil
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil
		}
		if part.FileName() != "" {
			f.files = append(f.files, sentFile{part.Header, value})
			continue
		}
		f.set(part.FormName(), string(value))
	}
}

func (f *written) has(name string) bool {
	_, ok := f.fields[name]
	return ok
}

func (f *written) set(name string, value any) {
	if !f.has(name) {
		f.order = append(f.order, name)
	}
	f.fields[name] = value
}

func (f *written) forget(name string) {
	delete(f.fields, name)
	f.order = slices.DeleteFunc(f.order, func(other string) bool { return other == name })
}

// body is what is sent instead.
func (f *written) body() []byte {
	if f.media == "application/json" {
		content, err := json.Marshal(f.fields)
		if err != nil {
			return nil
		}
		return content
	}
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	_ = w.SetBoundary(f.boundary) // it divided the parts that came
	for _, name := range f.order {
		_ = w.WriteField(name, text(f.fields[name]))
	}
	for _, file := range f.files {
		if part, err := w.CreatePart(file.head); err == nil {
			_, _ = part.Write(file.content)
		}
	}
	_ = w.Close()
	return out.Bytes()
}

// writing changes what a rightly signed request to write sends, where fits says so. answered, if not nil, changes the answer; it knows what was sent.
func writing(fits func(w *target, r *http.Request) bool, edit func(w *target, r *http.Request, f *written), answered func(w *target, r *http.Request, sent *written, a *answer)) change {
	return func(w *target, next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			if w.isMade(r) || !fits(w, r) || sentDigest(r) != w.expected(r) {
				next.ServeHTTP(out, r)
				return
			}
			content := bodyOf(r)
			sent, f := readWritten(r, content), readWritten(r, content)
			asked := r
			if f != nil && edit != nil {
				edit(w, r, f)
				asked = w.withBody(r, f.body())
			}
			if f == nil || answered == nil {
				next.ServeHTTP(out, asked)
				return
			}
			answering(func(w *target, _ *http.Request, a *answer) { answered(w, r, sent, a) })(w, next).ServeHTTP(out, asked)
		})
	}
}

func (p recordPath) creates(w *target, r *http.Request) bool {
	return p.isList(w, r) && r.Method == http.MethodPost
}

func (p recordPath) updates(w *target, r *http.Request) bool {
	return p.isItem(w, r) && (r.Method == http.MethodPatch || r.Method == http.MethodPut)
}

// forgets drops a field of a change.
func (p recordPath) forgets(name string) change {
	return writing(p.updates, func(_ *target, _ *http.Request, f *written) { f.forget(name) }, nil)
}

// drops loses a field of what is created.
func (p recordPath) drops(name string) change {
	return writing(p.creates, func(_ *target, _ *http.Request, f *written) { f.forget(name) }, nil)
}

// harms changes a text that is sent.
func (p recordPath) harms(name string, harm func(string) string) change {
	fits := func(w *target, r *http.Request) bool { return p.creates(w, r) || p.updates(w, r) }
	return writing(fits, func(_ *target, _ *http.Request, f *written) {
		if value, ok := f.fields[name].(string); ok {
			f.set(name, harm(value))
		}
	}, nil)
}

// sweeps changes another field too where one is changed alone.
func (p recordPath) sweeps(name, other, value string) change {
	return writing(p.updates, func(_ *target, _ *http.Request, f *written) {
		if f.has(name) && !f.has(other) {
			f.set(other, value)
		}
	}, nil)
}
