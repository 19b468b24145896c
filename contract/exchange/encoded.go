package exchange

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// MediaEncoded is the media type of a form without files, as a browser sends it.
const MediaEncoded = "application/x-www-form-urlencoded"

// In returns a copy of the request that says in another media type what its body says, without files. What is inside of a value has its place in the name of
// a field, location[latitude], as PHP, Rails and others read it.
func (r *Request) In(media string) *Request {
	fields := r.Fields()
	switch media {
	case MediaEncoded:
		var parts []string
		for _, p := range flat("", fields) {
			parts = append(parts, url.QueryEscape(p.Name)+"="+url.QueryEscape(p.Value))
		}
		if len(parts) == 0 {
			parts = []string{"extra=1"} // a body that is not there has no media type
		}
		return r.withBody(media, []byte(strings.Join(parts, "&")))
	case MediaForm:
		return r.WithForm(flat("", fields)...)
	case MediaJSON:
		return r.WithJSON(fields)
	}
	return r.WithHeader("Content-Type", media)
}

// flat are the parts of a form that together say what a value says.
func flat(name string, value any) []Part {
	inner := func(step string) string {
		if name == "" {
			return step
		}
		return name + "[" + step + "]"
	}
	var out []Part
	switch value := value.(type) {
	case nil:
	case map[string]any:
		for _, step := range slices.Sorted(maps.Keys(value)) {
			out = append(out, flat(inner(step), value[step])...)
		}
	case []any:
		for i, each := range value {
			out = append(out, flat(inner(strconv.Itoa(i)), each)...)
		}
	case json.Number:
		out = append(out, Part{Name: name, Value: value.String()})
	default:
		out = append(out, Part{Name: name, Value: fmt.Sprint(value)})
	}
	return out
}
