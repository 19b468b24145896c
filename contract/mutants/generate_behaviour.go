package main

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// behave adds a mutant whose document is the original one.
func (g *generator) behave(place, keyword, change string, faulty change) {
	g.out = append(g.out, generated{operation: g.operation, place: place, keyword: keyword, change: change, faulty: faulty})
}

// misread adds servers that read what is no whole number of 64 bits as if the parameter were not there.
func (g *generator) misread(place, name string, schema *yaml.Node) {
	taken := func(keyword, what string, fits func(value string) bool) {
		g.behave(place, keyword, what+" taken for the default", forgiving(name, fits))
	}
	taken("type", "letters", func(value string) bool { return strings.Trim(value, "0123456789") != "" })
	if child(schema, "format") != nil {
		taken("format", "19 digits or more", func(value string) bool { return len(value) >= 19 && strings.Trim(value, "0123456789") == "" })
	}
}

// rateHeaders leaves out each header of the rate limit that the operation's success documents, and breaks what they say.
func (g *generator) rateHeaders() {
	const limit, remaining, reset = "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"
	for status, response := range entries(child(g.copied, "responses")) {
		headers := child(response, "headers")
		if !strings.HasPrefix(status, "2") || child(headers, remaining) == nil {
			continue
		}
		for _, name := range []string{limit, remaining, reset} {
			g.behave("response", "headers", "without "+name, g.operation.answers(func(a *answer) { a.header.Del(name) }))
		}
		g.behave("response", "headers", "with more remaining than the limit", g.operation.answers(func(a *answer) { a.header.Set(remaining, a.header.Get(limit)+"0") }))
		g.behave("response", "headers", "with a reset in milliseconds", g.operation.answers(func(a *answer) {
			a.header.Set(reset, strconv.FormatInt(time.Now().Add(time.Minute).UnixMilli(), 10))
		}))
	}
}

// responses leaves each required property of a success out of the answers.
func (g *generator) responses() {
	for status, response := range entries(child(g.copied, "responses")) {
		if !strings.HasPrefix(status, "2") {
			continue
		}
		for _, content := range entries(child(response, "content")) {
			g.response("response", nil, child(content, "schema"))
		}
	}
}

// response leaves out what a schema requires; steps lead to it, through "" to each element of an array.
func (g *generator) response(place string, steps []string, schema *yaml.Node) {
	for name, property := range entries(child(schema, "properties")) {
		below := append(slices.Clone(steps), name)
		if required := child(schema, "required"); required != nil && hasElement(required, name) {
			g.behave(place, "properties", "without "+name, g.operation.answers(func(a *answer) {
				if object := a.json(); a.status < http.StatusMultipleChoices && object != nil {
					leaveOut(object, below)
					a.set(object)
				}
			}))
		}
		g.response(place+"."+name, below, property)
	}
	if items := child(schema, "items"); items != nil {
		g.response(place+"[]", append(slices.Clone(steps), ""), items)
	}
}

// leaveOut takes a property out of a value.
func leaveOut(value any, steps []string) {
	switch value := value.(type) {
	case map[string]any:
		if len(steps) == 1 {
			delete(value, steps[0])
			return
		}
		leaveOut(value[steps[0]], steps[1:])
	case []any:
		for _, each := range value {
			leaveOut(each, steps[1:])
		}
	}
}
