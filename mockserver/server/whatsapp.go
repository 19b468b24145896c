package server

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sandbox"
)

// The vendor hands what is sent on to WhatsApp, which has rules of its own that the vendor's pages do not name (I). What breaks one
// of them is accepted with a warning, and refused with --strict. docs/what-is-guessed.md lists them.

// mostRows is how many rows a list message has at most, all sections together.
const mostRows = 10

// judge warns of what WhatsApp would refuse, or refuses it with --strict.
func (s *service) judge(c *engine.Call, refused []engine.Detail) error {
	if len(refused) > 0 && s.options.Strict {
		return engine.Invalid(refused...)
	}
	for _, d := range refused {
		text := strconv.QuoteToASCII(d.Field + " " + d.Text) // a caller may have chosen a name in it
		if !c.Warn(text[1 : len(text)-1]) {
			break
		}
	}
	return nil
}

// refusedByWhatsApp are the rules that hold for every kind of message.
func refusedByWhatsApp(body map[string]any) []engine.Detail {
	var refused []engine.Detail
	for _, name := range slices.Sorted(maps.Keys(body)) {
		refused = blank(refused, name, body[name])
	}
	seen := map[string]bool{}
	buttons, _ := body["buttons"].([]any)
	for i, b := range buttons {
		button, _ := b.(map[string]any)
		title := strings.TrimSpace(str(button, "title"))
		if seen[title] {
			refused = append(refused, engine.Detail{Field: fmt.Sprintf("buttons[%d].title", i), Text: "must be unique: WhatsApp takes no two buttons with the same title"})
		}
		seen[title] = true
	}
	rows := 0
	sections, _ := body["sections"].([]any)
	for _, x := range sections {
		section, _ := x.(map[string]any)
		list, _ := section["rows"].([]any)
		rows += len(list)
	}
	if rows > mostRows {
		refused = append(refused, engine.Detail{Field: "sections", Text: fmt.Sprintf("have %d rows in all: WhatsApp takes at most %d", rows, mostRows)})
	}
	return refused
}

// blank adds the texts that are there and show nothing.
func blank(refused []engine.Detail, at string, value any) []engine.Detail {
	switch value := value.(type) {
	case string:
		if value != "" && showsNothing(value) {
			refused = append(refused, engine.Detail{Field: at, Text: "has nothing but spaces: WhatsApp refuses an empty text"})
		}
	case []any:
		for i, item := range value {
			refused = blank(refused, fmt.Sprintf("%s[%d]", at, i), item)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			refused = blank(refused, at+"."+name, value[name])
		}
	}
	return refused
}

func showsNothing(text string) bool {
	return strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }) == ""
}

// refusedTemplate are the rules for templates.
func refusedTemplate(x *sandbox.Template, header string, params map[string]string, missing, unused []string) []engine.Detail {
	var refused []engine.Detail
	add := func(field, format string, args ...any) {
		refused = append(refused, engine.Detail{Field: field, Text: fmt.Sprintf(format, args...)})
	}
	if x.Status != "APPROVED" {
		add("template_id", "is a template that is %s: WhatsApp sends approved ones only", x.Status)
	}
	if x.Header != "" && header != x.Header {
		add("header_type", "is not the template's, which is %s: WhatsApp refuses another", x.Header)
	}
	if len(missing) > 0 {
		add("body_params", "lacks %s: WhatsApp refuses a template without all its parameters", placeholders(missing))
	}
	if len(unused) > 0 {
		add("body_params", "has %s, which the template has not: WhatsApp refuses a parameter too many", placeholders(unused))
	}
	for _, name := range slices.Sorted(maps.Keys(params)) {
		switch text := params[name]; {
		case showsNothing(text):
			add("body_params", "has nothing for %s: WhatsApp refuses an empty parameter", placeholders([]string{name}))
		case strings.ContainsAny(text, "\n\r\t") || strings.Contains(text, "    "):
			add("body_params", "has a line break, a tab or four spaces in a row in %s: WhatsApp refuses that in a parameter", placeholders([]string{name}))
		}
	}
	return refused
}

// placeholders writes names as they are in a template: at most three, and not all of a long one.
func placeholders(names []string) string {
	shown := make([]string, 0, 3)
	for _, name := range names[:min(len(names), 3)] {
		shown = append(shown, "{{"+cut(name, 40)+"}}")
	}
	text := strings.Join(shown, ", ")
	if more := len(names) - len(shown); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
