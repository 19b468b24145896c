package engine

import (
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"example.com/awalmock/mockserver/internal/spec"
)

// A mediaRange is one element of the header Accept (RFC 9110, section 12.5.1).
type mediaRange struct {
	family, subtype string // "*" for any
	params          map[string]string
	quality         float64
}

// parseAccept reads the header Accept. What cannot be read is left out; nothing at all accepts everything.
func parseAccept(values []string) []mediaRange {
	var list []mediaRange
	for _, value := range values {
		for item := range strings.SplitSeq(value, ",") {
			mediaType, params, err := mime.ParseMediaType(item)
			family, subtype, whole := strings.Cut(mediaType, "/")
			if err != nil || !whole {
				continue
			}
			r := mediaRange{family, subtype, params, 1}
			if q, given := params["q"]; given {
				if r.quality, err = strconv.ParseFloat(q, 64); err != nil || !(r.quality >= 0 && r.quality <= 1) {
					continue
				}
				delete(params, "q")
			}
			delete(params, "charset") // every answer is UTF-8
			list = append(list, r)
		}
	}
	if len(list) == 0 {
		list = append(list, mediaRange{"*", "*", nil, 1})
	}
	return list
}

// match reports how closely a range fits a media type: 0 not at all, 3 and more exactly.
func (r *mediaRange) match(m *spec.Media) int {
	mediaType, params, err := mime.ParseMediaType(m.ContentType)
	if err != nil {
		mediaType = m.Type
	}
	family, subtype, _ := strings.Cut(mediaType, "/")
	for name, value := range r.params {
		if params[name] != value {
			return 0
		}
	}
	switch {
	case r.family == family && r.subtype == subtype:
		return 3 + len(r.params)
	case r.family == family && r.subtype == "*":
		return 2
	case r.family == "*" && r.subtype == "*":
		return 1
	}
	return 0
}

// negotiate finds the media type that the header Accept likes best: by quality, then the one it names more closely, then
// the first documented. nil: it accepts none.
func negotiate(accept []string, bodies []*spec.Media) *spec.Media {
	ranges := parseAccept(accept)
	var best *spec.Media
	var bestQuality float64
	var bestMatch int
	for _, m := range bodies {
		quality, match := 0.0, 0
		for i := range ranges {
			if closer := ranges[i].match(m); closer > match {
				quality, match = ranges[i].quality, closer
			}
		}
		if quality > bestQuality || quality > 0 && quality == bestQuality && match > bestMatch {
			best, bestQuality, bestMatch = m, quality, match
		}
	}
	return best
}

// Accepted is the media type to answer in: the one that the header Accept likes best, else the first; nil if there is none.
func Accepted(accept []string, bodies []*spec.Media) *spec.Media {
	if m := negotiate(accept, bodies); m != nil || len(bodies) == 0 {
		return m
	}
	return bodies[0]
}

// acceptable refuses, with Negotiate, a request that accepts no media type of the operation's answers (I).
func (e *Engine) acceptable(x *Exchange) error {
	accept := x.HTTP.Header["Accept"]
	if !e.Negotiate || len(accept) == 0 {
		return nil
	}
	answer := x.Operation.Answer()
	if answer == nil || len(answer.Bodies) == 0 || negotiate(accept, answer.Bodies) != nil {
		return nil
	}
	var types []string
	for _, m := range answer.Bodies {
		types = append(types, m.Type)
	}
	return &Error{
		Status: http.StatusNotAcceptable, Code: "not_acceptable",
		Message: "The header Accept takes none of the media types of this answer: " + strings.Join(types, ", ") + ".",
	}
}

// inOtherType answers in another documented media type than the handler's JSON, if the caller likes that better: with the
// document's example, as no handler makes it.
func (e *Engine) inOtherType(x *Exchange, reply *Reply) error {
	status := reply.Status
	if status == 0 {
		status = http.StatusOK
	}
	response := x.Operation.Response(status)
	if response == nil || len(response.Bodies) < 2 || response.JSON() == nil {
		return nil
	}
	own := response.JSON()
	bodies := append([]*spec.Media{own}, response.Bodies...)
	chosen := Accepted(x.HTTP.Header["Accept"], bodies)
	if chosen == own {
		return nil
	}
	body, err := e.Make(x.Operation, response, chosen, "")
	if err != nil {
		return fmt.Errorf("answer %d as %s: %w", status, chosen.Type, err)
	}
	reply.Body, reply.Stream, reply.ContentType = body, nil, chosen.ContentType
	return nil
}
