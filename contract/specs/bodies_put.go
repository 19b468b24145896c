package specs

import (
	"encoding/json"
	"slices"
	"strings"
)

// gone takes a property out.
type gone struct{}

// inText is the step of a path into the JSON that a text contains; of is what the text contains where there is none.
type inText struct{ of any }

// like is the step of a path that takes one of several schemas: a value of another kind than the sample gives way to the sample.
type like struct{ sample any }

func isChoice(path []any) bool {
	if len(path) == 0 {
		return false
	}
	_, ok := path[len(path)-1].(like)
	return ok
}

// put returns a copy of a value with another one at a path.
func put(in any, path []any, value any) any {
	if len(path) == 0 {
		return value
	}
	switch step := path[0].(type) {
	case string:
		object, _ := in.(map[string]any)
		out := make(map[string]any, len(object)+1)
		for name, old := range object {
			out[name] = old
		}
		if _, remove := value.(gone); remove && len(path) == 1 {
			delete(out, step)
		} else {
			out[step] = put(object[step], path[1:], value)
		}
		return out
	case int:
		list, _ := in.([]any)
		out := slices.Clone(list)
		if step < len(out) {
			out[step] = put(list[step], path[1:], value)
		} else {
			out = append(out, put(nil, path[1:], value))
		}
		return out
	case inText:
		return putInText(in, step, path[1:], value)
	case like:
		if !step.fits(in) {
			in = step.sample
		}
		return put(in, path[1:], value)
	}
	return in
}

func putInText(in any, step inText, path []any, value any) any {
	content := step.of
	if text, ok := in.(string); ok {
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		var there any
		if decoder.Decode(&there) == nil {
			content = there
		}
	}
	text, err := json.Marshal(put(content, path, value))
	if err != nil {
		return in
	}
	return string(text)
}

// fits reports whether a value is of the sample's kind: an object with its properties, or the same type.
func (l like) fits(in any) bool {
	switch sample := l.sample.(type) {
	case map[string]any:
		object, ok := in.(map[string]any)
		for name := range sample {
			ok = ok && object[name] != nil
		}
		return ok
	case []any:
		_, ok := in.([]any)
		return ok
	case string:
		_, ok := in.(string)
		return ok
	}
	return false
}
