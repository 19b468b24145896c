package engine

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"example.com/awalmock/mockserver/internal/spec"
)

// A preference is what the header Prefer (RFC 7240) asks of the mock: the answer of the document with a status, or with
// a named example. Other preferences are none of ours and are ignored, as the RFC wants.
type preference struct {
	code, example       string
	hasCode, hasExample bool
}

func parsePrefer(values []string) preference {
	var p preference
	for _, value := range values {
		for item := range strings.SplitSeq(value, ",") {
			item, _, _ = strings.Cut(item, ";")
			name, text, _ := strings.Cut(item, "=")
			text = strings.Trim(strings.TrimSpace(text), `"`)
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "code":
				if !p.hasCode { // the first one counts (RFC 7240, section 2)
					p.code, p.hasCode = text, true
				}
			case "example":
				if !p.hasExample {
					p.example, p.hasExample = text, true
				}
			}
		}
	}
	return p
}

// applyPrefer answers what the header Prefer asks for. It needs a valid signature, but no valid request.
func (e *Engine) applyPrefer(x *Exchange) (Reply, bool, error) {
	values := x.HTTP.Header["Prefer"]
	if len(values) == 0 {
		return Reply{}, false, nil
	}
	p := parsePrefer(values)
	if !p.hasCode && !p.hasExample {
		return Reply{}, false, nil
	}
	response, err := p.choose(x.Operation)
	if err != nil {
		return Reply{}, false, err
	}
	media := p.media(response, x.HTTP.Header["Accept"])
	body, err := e.Make(x.Operation, response, media, p.example)
	if err != nil {
		return Reply{}, false, err
	}
	status := response.Code()
	switch {
	case p.hasCode:
		status = p.status()
	case response.Status == 0:
		status = http.StatusInternalServerError // `default` is for any error
	}
	header := documentedHeaders(x, response)
	header["Preference-Applied"] = []string{p.applied()}
	return Reply{Status: status, Header: header, ContentType: media.SaysType(), Body: withRequestID(body, x.ID)}, true, nil
}

func (p *preference) applied() string {
	var parts []string
	if p.hasCode {
		parts = append(parts, "code="+p.code)
	}
	if p.hasExample {
		parts = append(parts, "example="+p.example)
	}
	return strings.Join(parts, ", ")
}

// status is the code that is asked for; 0 if it cannot be one: 1xx is no answer.
func (p *preference) status() int {
	code, err := strconv.Atoi(p.code)
	if err != nil || code < 200 || code > 599 {
		return 0
	}
	return code
}

// choose finds the response that is asked for; an example without a code is looked for in every response.
func (p *preference) choose(op *spec.Operation) (*spec.Response, error) {
	if p.hasCode {
		r := op.Response(p.status())
		if r == nil || p.status() == 0 {
			return nil, Invalid(Detail{"Prefer", "code must be one of " + strings.Join(codes(op), ", ")})
		}
		if p.hasExample && !slices.Contains(examples(r), p.example) {
			return nil, noSuchExample(examples(r))
		}
		return r, nil
	}
	var all []string
	for _, r := range op.Responses {
		if slices.Contains(examples(r), p.example) {
			return r, nil
		}
		all = append(all, examples(r)...)
	}
	return nil, noSuchExample(all)
}

// media is the media type to answer in: one that has the example, the one that the caller accepts most.
func (p *preference) media(r *spec.Response, accept []string) *spec.Media {
	bodies := r.Bodies
	if p.hasExample {
		bodies = slices.DeleteFunc(slices.Clone(bodies), func(m *spec.Media) bool {
			return !slices.ContainsFunc(m.Examples, func(x spec.Example) bool { return x.Name == p.example })
		})
	}
	return Accepted(accept, bodies)
}

func noSuchExample(names []string) error {
	if len(names) == 0 {
		return Invalid(Detail{"Prefer", "example cannot be chosen: there is no named example"})
	}
	return Invalid(Detail{"Prefer", "example must be one of " + strings.Join(names, ", ")})
}

func codes(op *spec.Operation) []string {
	var all []string
	for _, r := range op.Responses {
		switch name := r.Name(); {
		case r.Status == 0:
			all = append(all, "any other from 200 to 599 (default)")
		case strings.HasSuffix(name, "XX"):
			all = append(all, name[:1]+"00 to "+name[:1]+"99")
		default:
			all = append(all, name)
		}
	}
	return all
}

func examples(r *spec.Response) []string {
	var names []string
	for _, m := range r.Bodies {
		for _, x := range m.Examples {
			if x.Name != "" {
				names = append(names, x.Name)
			}
		}
	}
	return names
}

// documentedHeaders are the headers that the response must have and that are not there yet.
func documentedHeaders(x *Exchange, r *spec.Response) http.Header {
	header := http.Header{}
	sent := x.w.Header()
	for _, h := range r.Headers {
		if h.Required && h.Example != "" && !hasHeader(sent, h.Name) {
			header[h.Name] = []string{h.Example}
		}
	}
	return header
}

// hasHeader compares names as HTTP does: our own headers are in the vendor's spelling, not in Go's.
func hasHeader(h http.Header, name string) bool {
	for have := range h {
		if strings.EqualFold(have, name) {
			return true
		}
	}
	return false
}

// dropHeader removes a header, in any case of its name.
func dropHeader(h http.Header, name string) {
	for have := range h {
		if strings.EqualFold(have, name) {
			delete(h, have)
		}
	}
}

// withRequestID puts the request's own id where an example has one, so that body and header agree.
func withRequestID(body []byte, id string) []byte {
	var example struct {
		RequestID string `json:"request_id"`
	}
	if json.Unmarshal(body, &example) != nil || example.RequestID == "" {
		return body
	}
	return bytes.Replace(body, appendQuoted(nil, example.RequestID), appendQuoted(nil, id), 1)
}
