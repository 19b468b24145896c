package exchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
)

// Fields are the fields in the body of a request: the properties of a JSON object, with json.Number for numbers, or the texts of a form. Files, and fields that
// a form has twice, are left out. It is nil for another or a large body.
func (r *Request) Fields() map[string]any {
	media, parameters, err := mime.ParseMediaType(r.Header["Content-Type"])
	switch {
	case err != nil || r.long > 0, len(r.Body) > bodyKept:
		return nil
	case media == MediaJSON:
		var out map[string]any
		decoder := json.NewDecoder(bytes.NewReader(r.Body))
		decoder.UseNumber()
		if decoder.Decode(&out) != nil {
			return nil
		}
		return out
	case media == MediaForm:
		return formFields(multipart.NewReader(bytes.NewReader(r.Body), parameters["boundary"]))
	}
	return nil
}

func formFields(reader *multipart.Reader) map[string]any {
	out, seen := map[string]any{}, map[string]bool{}
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			return nil
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil
		}
		name := part.FormName()
		if part.FileName() == "" && !seen[name] {
			out[name] = string(value)
		} else {
			delete(out, name)
		}
		seen[name] = true
	}
}
