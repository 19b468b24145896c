package exchange

import (
	"fmt"
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
