package sandbox

import (
	"slices"
	"strings"
)

// Fill is the template's text with its parameters filled in, in one pass: what a parameter says is never taken for a placeholder.
// A placeholder without a parameter stays as it is, and is named in missing; unused are parameters without a placeholder, sorted.
func (t *Template) Fill(params map[string]string) (text string, missing, unused []string) {
	var b strings.Builder
	used := map[string]bool{}
	rest := t.Body
	for {
		end := strings.Index(rest, "}}")
		if end < 0 {
			break
		}
		begin := strings.LastIndex(rest[:end], "{{")
		if begin < 0 {
			b.WriteString(rest[:end+2])
			rest = rest[end+2:]
			continue
		}
		name := rest[begin+2 : end]
		word, given := params[name]
		if !given {
			word = rest[begin : end+2]
			if !slices.Contains(missing, name) {
				missing = append(missing, name)
			}
		}
		used[name] = true
		b.WriteString(rest[:begin] + word)
		rest = rest[end+2:]
	}
	for name := range params {
		if !used[name] {
			unused = append(unused, name)
		}
	}
	slices.Sort(unused)
	return b.String() + rest, missing, unused
}
