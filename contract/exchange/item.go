package exchange

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Item is an element of `data` with its JSON pointer.
type Item struct {
	Fields  map[string]any
	Pointer string
}

// Items are the objects of an answer's `data`.
func (e *Exchange) Items() []Item {
	list, _ := e.Object()["data"].([]any)
	var out []Item
	for i, element := range list {
		if fields, ok := element.(map[string]any); ok {
			out = append(out, Item{fields, fmt.Sprintf("/data/%d", i)})
		}
	}
	return out
}

func (i Item) Text(name string) string {
	s, _ := i.Fields[name].(string)
	return s
}

// PlainText is a text, a number or a boolean as it is written in a query; "" for null and for anything else.
func PlainText(v any) string {
	switch v.(type) {
	case string, json.Number, bool, int:
		return fmt.Sprint(v)
	}
	return ""
}

// At is the value at a JSON pointer of the body; nil if there is none.
func (e *Exchange) At(pointer string) any {
	if e == nil || e.Content == nil {
		return nil
	}
	value := e.Content.Value
	for _, part := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		part = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
		switch inside := value.(type) {
		case map[string]any:
			value = inside[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(inside) {
				return nil
			}
			value = inside[i]
		default:
			return nil
		}
	}
	return value
}
