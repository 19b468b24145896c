package spec

import (
	"bytes"
	"encoding/json"
	"sync"

	"go.yaml.in/yaml/v4"
)

// served is a document that names another server than its file does.
type served struct {
	yaml, json [2][]byte // the text before and behind the servers
	isYAML     bool      // false: the source is served as JSON, which is YAML too
}

// Served returns the document, as YAML with its comments and as JSON, with a base URL as its only server: tools take what
// comes first as the address to call.
func (d *Document) Served(baseURL string) (asYAML, asJSON []byte) {
	parts := d.servedParts()
	list := serverList(baseURL)
	asJSON = bytes.Join([][]byte{parts.json[0], list, parts.json[1]}, nil)
	if !parts.isYAML {
		return asJSON, asJSON
	}
	return bytes.Join([][]byte{parts.yaml[0], list, parts.yaml[1]}, nil), asJSON
}

// serverList is JSON, and so YAML.
func serverList(baseURL string) []byte {
	text, err := json.Marshal([]map[string]string{{"url": baseURL, "description": "This mock"}})
	if err != nil {
		panic(err) // strings always have a form in JSON
	}
	return text
}

// splitter splits a document at its servers, once, when it is first asked for.
func splitter(d *Document) func() *served {
	return sync.OnceValue(func() *served {
		s := &served{json: splitJSON(d.JSON())}
		before, behind, ok := splitYAML(d.source())
		s.yaml = [2][]byte{before, behind}
		s.isYAML = ok && s.same()
		return s
	})
}

// same reports whether the YAML and the JSON are the same document: a file may be written in a way that lines do not show.
func (s *served) same() bool {
	list := serverList("http://127.0.0.1")
	var root yaml.Node
	if yaml.Unmarshal(bytes.Join([][]byte{s.yaml[0], list, s.yaml[1]}, nil), &root) != nil || len(root.Content) == 0 {
		return false
	}
	var one, other any
	if json.Unmarshal(appendJSON(nil, root.Content[0]), &one) != nil || json.Unmarshal(bytes.Join([][]byte{s.json[0], list, s.json[1]}, nil), &other) != nil {
		return false
	}
	first, err := json.Marshal(one)
	second, err2 := json.Marshal(other)
	return err == nil && err2 == nil && bytes.Equal(first, second)
}

// splitJSON splits around the value of the root's servers; where there are none, at the root's beginning.
func splitJSON(text []byte) [2][]byte {
	decoder := json.NewDecoder(bytes.NewReader(text))
	_, err := decoder.Token()
	for err == nil && decoder.More() {
		var key json.Token
		var value json.RawMessage
		if key, err = decoder.Token(); err == nil {
			err = decoder.Decode(&value)
		}
		if end := int(decoder.InputOffset()); err == nil && key == "servers" {
			return [2][]byte{text[:end-len(value)], text[end:]}
		}
	}
	return [2][]byte{[]byte(`{"servers":`), append([]byte(","), text[1:]...)}
}

// splitYAML splits around the lines of the root's servers; where there are none, at the end. The text behind keeps the
// numbers of its lines: messages about the document name them.
func splitYAML(text []byte) (before, behind []byte, ok bool) {
	lines := bytes.SplitAfter(text, []byte("\n"))
	begin := lineOf(lines, "servers")
	if begin < 0 {
		return append(bytes.TrimRight(bytes.Clone(text), "\r\n"), "\nservers: "...), []byte("\n"), lineOf(lines, "paths") >= 0
	}
	end := endOfValue(lines, begin+1)
	before = append(bytes.Join(lines[:begin], nil), "servers: "...)
	behind = append(bytes.Repeat([]byte("\n"), end-begin), bytes.Join(lines[end:], nil)...)
	return before, behind, true
}

func lineOf(lines [][]byte, key string) int {
	for i, line := range lines {
		for _, written := range []string{key, `"` + key + `"`, "'" + key + "'"} {
			if bytes.HasPrefix(line, []byte(written+":")) {
				return i
			}
		}
	}
	return -1
}

// endOfValue is the line of the next key, or that of the comment above it.
func endOfValue(lines [][]byte, from int) int {
	end := from
	for i := from; i < len(lines); i++ {
		line := bytes.TrimRight(lines[i], "\r\n")
		switch {
		case len(line) == 0 || line[0] == '#':
			// of the value if more of it follows, else of the next key
		case line[0] == ' ' || line[0] == '-':
			end = i + 1
		default:
			return end
		}
	}
	return end
}
