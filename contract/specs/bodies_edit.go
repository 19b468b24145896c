package specs

import (
	"encoding/json"
	"slices"
	"strings"
)

// removed is the value that removes a property, see put.
type removed struct{}

// inText is a step of a path: it goes into the JSON that a text contains. If there is no text yet, of is what it contains.
type inText struct{ of any }

// choice is a step of a path: it chooses one schema of a oneOf or anyOf. A value that is not of the sample's kind is replaced by the sample.
type choice struct{ sample any }

func isChoice(path []any) bool {
	if len(path) == 0 {
		return false
	}
	_, ok := path[len(path)-1].(choice)
	return ok
}

// put returns a copy of a JSON value in which the value at a path is replaced.
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
		if _, remove := value.(removed); remove && len(path) == 1 {
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
	case choice:
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
func (l choice) fits(in any) bool {
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
